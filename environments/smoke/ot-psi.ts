import * as all from '@triad/ot-psi';
import { messageBytes, otReceiver, otSender } from '@triad/ot-psi/ot';

const main = (): void => {
  const session = new TextEncoder().encode('smoke');
  const choices = Uint8Array.of(0, 1, 1);
  const sender = otSender(choices.length, { session });
  const { reply, messages } = otReceiver(choices, { session }).respond(sender.setup);
  const pairs = sender.finish(reply);
  const chosen = messages.every(
    (byte, i) => byte === pairs[choices[Math.floor(i / messageBytes)] === 1 ? 1 : 0][i],
  );
  if (!chosen) throw new Error('the receiver has other messages than it chose');
  if (all.otSender !== otSender) throw new Error('the entry points have copies of their own');
  console.log('@triad/ot-psi works');
};

main();
