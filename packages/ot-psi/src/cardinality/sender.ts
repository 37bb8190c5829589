import { Prg, randomBytes, Tensor, xor } from '@triad/ring';
import type { KeySet } from '../key/key-set.js';
import { sendOpprf } from '../opprf/opprf.js';
import type { OtLink } from '../ot/exchange.js';
import {
  baseForReceiver,
  baseForSender,
  type ReceiverSeeds,
  receiveRandomOt,
  type SenderSeeds,
} from '../ot/index.js';
import { receivePermuted } from '../permutation/permute-and-share.js';
import { randomPermutation } from '../permutation/random-permutation.js';
import { binCount } from './bin.js';
import { candidateItems } from './bin-item.js';
import { takeBlocks, takeWords } from './block.js';
import { parts, seedBytes } from './run.js';

/** Base OTs in both directions: for the OPRF and for the switches. */
export interface SenderBase {
  readonly oprf: SenderSeeds;
  readonly switches: ReceiverSeeds;
}

export const baseOfSender = async (link: OtLink): Promise<SenderBase> => {
  const { oprfBase, switchBase } = parts(link);
  const [forOprf, forSwitches] = await Promise.all([baseForSender(oprfBase), baseForReceiver(switchBase)]);
  return { oprf: forOprf, switches: forSwitches };
};

/** Lets a receiver of `peerSize` items count those it shares with the set. */
export const sendCardinality = async (
  link: OtLink,
  { oprf, switches }: SenderBase,
  set: KeySet,
  peerSize: number,
): Promise<void> => {
  if (set.size === 0 || peerSize === 0) return;
  const random = link.random ?? randomBytes;
  const { permute, difference } = parts(link);
  const bins = binCount(peerSize);
  const tags = Tensor.empty([bins, 2]);
  try {
    new Prg(random(seedBytes)).fill(0, 0, 0, tags);
    await programTags(link, oprf, { set, tags }, peerSize);
    const permutation = randomPermutation(bins, random(seedBytes));
    const share = await receivePermuted(
      permute,
      (at, choices) => receiveRandomOt(at, switches, choices),
      permutation,
    );
    const wanted = takeWords(tags, permutation);
    xor(share, wanted, wanted);
    share.dispose();
    const message = wanted.toBytes();
    wanted.dispose();
    difference.op.send(link.peer, message);
  } finally {
    tags.dispose();
  }
};

interface Program {
  readonly set: KeySet;
  /** t, [bins, 2]. */
  readonly tags: Tensor;
}

/** Makes the function say a bin's tag of every item that may be in it. */
const programTags = async (
  link: OtLink,
  seeds: SenderSeeds,
  { set, tags }: Program,
  peerSize: number,
): Promise<void> => {
  const { items, program } = parts(link);
  const candidates = candidateItems(items, set, tags.size / 2);
  const values = takeBlocks(tags, candidates.bins);
  try {
    await sendOpprf(program, seeds, { set: candidates.set, values }, peerSize);
  } finally {
    values.dispose();
    candidates.set.dispose();
  }
};
