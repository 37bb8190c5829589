import { formatAddress, TriadError } from '@triad/protocol';
import { Prg, randomBytes, Tensor, xor } from '@triad/ring';
import type { KeySet } from '../key/key-set.js';
import { hashes } from '../kkrt16/run.js';
import { receiveOpprf } from '../opprf/opprf.js';
import type { OtLink } from '../ot/exchange.js';
import {
  baseForReceiver,
  baseForSender,
  type ReceiverSeeds,
  type SenderSeeds,
  sendRandomOt,
} from '../ot/index.js';
import { sendPermuted } from '../permutation/permute-and-share.js';
import { binCount } from './bin.js';
import { placedItems } from './bin-item.js';
import { countZeros, putWords } from './block.js';
import { parts, seedBytes, wordBytes } from './run.js';

/** Base OTs in both directions: for the OPRF and for the switches. */
export interface ReceiverBase {
  readonly oprf: ReceiverSeeds;
  readonly switches: SenderSeeds;
}

export const baseOfReceiver = async (link: OtLink): Promise<ReceiverBase> => {
  const { oprfBase, switchBase } = parts(link);
  const [forOprf, forSwitches] = await Promise.all([baseForReceiver(oprfBase), baseForSender(switchBase)]);
  return { oprf: forOprf, switches: forSwitches };
};

/** How many of the set's items are among the sender's `peerSize` ones. Throws `bad-message` for more than there can be. */
export const receiveCardinality = async (
  link: OtLink,
  base: ReceiverBase,
  set: KeySet,
  peerSize: number,
): Promise<number> => {
  if (set.size === 0 || peerSize === 0) return 0;
  const differences = await receiveDifferences(link, base, set, peerSize);
  const zeros = countZeros(differences);
  differences.dispose();
  if (zeros <= Math.min(set.size, peerSize)) return zeros;
  throw new TriadError(
    'bad-message',
    `the sender shares ${zeros} items of ${set.size} with its ${peerSize}`,
    {
      party: link.peer,
      op: formatAddress(link.op.address),
      remedy: 'check that it runs the same version',
    },
  );
};

/** u + t of every bin, in the sender's secret order: zero where the bin's item is common, else random. */
export const receiveDifferences = async (
  link: OtLink,
  { oprf, switches }: ReceiverBase,
  set: KeySet,
  peerSize: number,
): Promise<Tensor> => {
  const { permute, difference } = parts(link);
  const words = await binWords(link, oprf, set, peerSize);
  const masks = await sendPermuted(permute, (at, count) => sendRandomOt(at, switches, count), words).finally(
    () => words.dispose(),
  );
  try {
    const message = await difference.op.recv(link.peer, masks.size * wordBytes);
    const received = Tensor.fromBytes([masks.size], message);
    const differences = xor(masks, received);
    received.dispose();
    return differences;
  } finally {
    masks.dispose();
  }
};

/** u: what the sender's function says of each bin's item; random words in empty bins. */
const binWords = async (
  link: OtLink,
  seeds: ReceiverSeeds,
  set: KeySet,
  peerSize: number,
): Promise<Tensor> => {
  const { items, program } = parts(link);
  const bins = binCount(set.size);
  const placed = placedItems(items, set, bins);
  try {
    const values = await receiveOpprf(program, seeds, placed.set, hashes * peerSize);
    const words = Tensor.empty([bins]);
    new Prg((link.random ?? randomBytes)(seedBytes)).fill(0, 0, 0, words);
    putWords(values, placed.bins, words);
    values.dispose();
    return words;
  } finally {
    placed.set.dispose();
  }
};
