import { formatAddress, type Op, type Rank, type Session } from '@triad/protocol';
import { Tensor } from '@triad/ring';
import { type OtPairs, type OtRun, otReceiver, otSender } from './base-ot.js';
import { pointBytes } from './group.js';

/** Where a run happens. Both sides name the same op; it is used up by the run. */
export interface OtLink {
  readonly session: Session;
  readonly op: Op;
  readonly peer: Rank;
  /** Source of scalars: the platform's CSPRNG unless a test wants a run repeated. */
  readonly random?: (bytes: number) => Uint8Array;
}

/** A name for the run that only this pair, session and op have: 32 bytes of the pair's key stream at the op. */
const runOf = ({ session, op, peer, random }: OtLink): OtRun => {
  const words = Tensor.empty([4]);
  op.draw(session.pair(peer), words);
  const run: OtRun = { session: words.toBytes(), peer: { party: peer, op: formatAddress(op.address) } };
  words.dispose();
  return random === undefined ? run : { ...run, random };
};

/** The sender's side of `count` base OTs: two rounds, 32 bytes out, 32 bytes an OT in. */
export const sendBaseOt = async (link: OtLink, count: number): Promise<OtPairs> => {
  const sender = otSender(count, runOf(link));
  link.op.at(0).send(link.peer, sender.setup);
  return sender.finish(await link.op.at(1).recv(link.peer, count * pointBytes));
};

/** The receiver's side: one message of 16 bytes for every choice bit. */
export const receiveBaseOt = async (link: OtLink, choices: Uint8Array): Promise<Uint8Array> => {
  const receiver = otReceiver(choices, runOf(link));
  const { reply, messages } = receiver.respond(await link.op.at(0).recv(link.peer, pointBytes));
  link.op.at(1).send(link.peer, reply);
  return messages;
};
