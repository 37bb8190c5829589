import { aby3 } from '@triad/aby3';
import { job } from '@triad/cli';
import { Executor, init } from '@triad/layers';
import { outside, training } from './model.js';
import { shareAll, train } from './party.js';
import { readTraining } from './training.js';

/** The file every party runs: `triad run program.js --role 0 ... -- --epochs 20 --batch 10`. */
const { role, network, args, emit, save, traffic } = job({ outside });
const options = readTraining(args);

const environment = init(aby3(), role, network);
const exe = new Executor({ environment, program: training });
const outcome = await train(exe, await shareAll(exe), options, (epoch, loss) =>
  emit({ epoch, epochs: options.epochs, loss }, `epoch ${epoch}/${options.epochs}  loss ${loss.toFixed(3)}`),
);
await exe.close();

const { sent } = traffic();
emit({ sent }, `sent ${sent.bytes} bytes in ${sent.messages} messages`);
if (outcome !== undefined) {
  emit({ outcome }, `R2 on the held-out rows: ${outcome.r2.toFixed(4)}`);
  await save('house-price.json', `${JSON.stringify(outcome, null, 2)}\n`);
}
