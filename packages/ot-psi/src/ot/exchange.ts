import {
  type ErrorContext,
  formatAddress,
  type Op,
  type Rank,
  type Session,
  TriadError,
} from '@triad/protocol';
import { Tensor } from '@triad/ring';
import { type OtPairs, type OtRun, otReceiver, otSender } from './base-ot.js';
import type { OtGroup } from './group.js';
import { p256 } from './p256.js';
import { ristretto255 } from './ristretto255.js';

/** Where a run happens. Both sides name the same op; it is used up by the run. */
export interface OtLink {
  readonly session: Session;
  readonly op: Op;
  readonly peer: Rank;
  /** Source of scalars: the platform's CSPRNG unless a test wants a run repeated. */
  readonly random?: (bytes: number) => Uint8Array;
}

/** A name for the run that only this pair, session and op have: 32 bytes of the pair's key stream at the op. */
const runOf = ({
  session,
  op,
  peer,
  random,
}: OtLink): Omit<OtRun, 'group'> & { readonly peer: ErrorContext } => {
  const words = Tensor.empty([4]);
  op.draw(session.pair(peer), words);
  const run = { session: words.toBytes(), peer: { party: peer, op: formatAddress(op.address) } };
  words.dispose();
  return random === undefined ? run : { ...run, random };
};

/** What the sender offers: for each group an element, or zeros where it does not have the group. The receiver's choice is an index. */
const offered: readonly { readonly group: OtGroup | undefined; readonly bytes: number }[] = [
  { group: ristretto255, bytes: 32 },
  { group: p256, bytes: 65 },
];
const offerBytes = offered.reduce((sum, { bytes }) => sum + bytes, 0);

/** The sender's side of `count` base OTs: two rounds. The group is the fastest that both sides have. */
export const sendBaseOt = async (link: OtLink, count: number): Promise<OtPairs> => {
  const { op, peer } = link;
  const run = runOf(link);
  const senders = offered.map(({ group }) => group && otSender(count, { ...run, group }));
  const offer = new Uint8Array(offerBytes);
  senders.forEach((sender, i) => {
    if (sender !== undefined) offer.set(sender.setup, elementAt(i));
  });
  op.at(0).send(peer, offer);
  const index = (await op.at(1).recv(peer, 1))[0]!;
  const { sender, group } = { sender: senders[index], group: offered[index]?.group };
  if (sender === undefined || group === undefined) {
    throw new TriadError(
      'bad-message',
      `the OT receiver chose group ${index}, which was not offered`,
      run.peer,
    );
  }
  return sender.finish(await op.at(2).recv(peer, count * group.pointBytes));
};

/** The receiver's side: one message of 16 bytes for every choice bit. */
export const receiveBaseOt = async (link: OtLink, choices: Uint8Array): Promise<Uint8Array> => {
  const { op, peer } = link;
  const run = runOf(link);
  const offer = await op.at(0).recv(peer, offerBytes);
  const index = offered.findLastIndex(
    ({ group }, i) => group !== undefined && setupOf(offer, i).some((byte) => byte !== 0),
  );
  // An offer of no group is answered as one of the last, whose zeros are no element.
  const { group = ristretto255 } = offered[index] ?? {};
  const { reply, messages } = otReceiver(choices, { ...run, group }).respond(
    setupOf(offer, Math.max(index, 0)),
  );
  op.at(1).send(peer, Uint8Array.of(Math.max(index, 0)));
  op.at(2).send(peer, reply);
  return messages;
};

const elementAt = (index: number): number =>
  offered.slice(0, index).reduce((sum, { bytes }) => sum + bytes, 0);

const setupOf = (offer: Uint8Array, index: number): Uint8Array =>
  offer.slice(elementAt(index), elementAt(index) + offered[index]!.bytes);
