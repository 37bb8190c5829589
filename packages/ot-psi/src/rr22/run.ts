/**
 * The oblivious pseudorandom function of Raghuraman and Rindal ("Blazing Fast PSI from Improved OKVS and Subfield VOLE", CCS 2022,
 * figure 3, semi-honest), from the VOLE c = b + delta a:
 *
 *     receiver, items x                                            sender
 *     P = encode(x -> h(x))
 *                            -- a + P, clusters by clusters -->    k = b + delta (a + P)
 *     F(x) = H(decode(c, x))                                       F(y) = H(decode(k, y) + delta h(y))
 *
 * They agree since decode(k, y) = decode(c, y) + delta decode(P, y). h and H are AES(x) + x under keys that both sides draw jointly for this run.
 *
 * Semi-honest: the sender sees a + P, uniform under dual LPN, whatever the receiver's items are; the receiver knows F at its own items, and
 * F(y) at any other y is H of a value it misses by delta times a nonzero element. Both learn how many items the receiver has.
 */
import type { Op } from '@triad/protocol';
import { Aes, Tensor } from '@triad/ring';
import type { KeySet } from '../key/key-set.js';
import { clusterRange, hashBlocks } from '../okvs/okvs.js';
import type { OkvsShape } from '../okvs/shape.js';
import type { OtLink } from '../ot/exchange.js';

export const blockBytes = 16;
/** The most messages that carry the masked OKVS. */
const maxMessages = 32;

/** Public keys of one run. */
export interface RunKeys {
  readonly row: Uint8Array;
  readonly value: Aes;
  readonly output: Aes;
  readonly code: Uint8Array;
}

/** Keys that both sides draw at the run's op. */
export const drawKeys = ({ session, op }: OtLink): RunKeys => {
  const words = Tensor.empty([8]);
  op.draw(session.common, words);
  const bytes = words.toBytes();
  words.dispose();
  const key = (i: number) => bytes.subarray(16 * i, 16 * (i + 1));
  return { row: key(0), value: new Aes(key(1)), output: new Aes(key(2)), code: key(3) };
};

/** Where the masked OKVS travels: the VOLE takes sub-addresses 0 to 2 of the run's op. */
export const maskedOp = ({ op }: OtLink): Op => op.at(3);

/** Clusters that travel in one message: a divisor of their number. */
export const clustersPerMessage = ({ clusterBits }: OkvsShape): number =>
  Math.ceil(2 ** clusterBits / maxMessages);

/** A cluster and the items that fall into it. */
export interface ClusterItems {
  /** Address of its first item's digest. */
  readonly digests: number;
  /** The first item's index. */
  readonly from: number;
  readonly count: number;
  /** The cluster's offset in an OKVS, in bytes. */
  readonly offset: number;
}

/** The clusters `first` to `last` (exclusive) with a set's items. */
export function* clusterItems(
  shape: OkvsShape,
  set: KeySet,
  first = 0,
  last: number = 2 ** shape.clusterBits,
): Generator<ClusterItems> {
  for (let cluster = first; cluster < last; cluster++) {
    const { from, to } = clusterRange(set, cluster, shape.clusterBits);
    const digests = set.digests.ptr + from * blockBytes;
    yield { digests, from, count: to - from, offset: cluster * shape.clusterBlocks * blockBytes };
  }
}

/** h of a cluster's items: [count, 2]. */
export const valuesOf = ({ digests, count }: ClusterItems, { value }: RunKeys): Tensor => {
  const values = Tensor.empty([count, 2]);
  hashBlocks(value, digests, values.ptr, count);
  return values;
};
