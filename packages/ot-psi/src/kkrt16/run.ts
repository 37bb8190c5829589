/**
 * Private set intersection by the batched oblivious pseudorandom function of Kolesnikov, Kumaresan, Rosulek, Trieu ("Efficient Batched
 * Oblivious PRF with Applications to Private Set Intersection", CCS 2016, figures 2 and 4), without a stash:
 *
 *     receiver, items x in bins by cuckoo hashing; keys k_j0, k_j1        sender: secret bits s; keys k_j,s_j (512 random OTs)
 *     T, U: rows of the columns G(k_j0), G(k_j1)                          Q: rows of the columns G(k_j,s_j)
 *     row b: T_b + U_b + C(x in bin b), C = 0 in empty bins   -- rows -->   Q_b += s * row b
 *     F_b(x) = H(T_b)                                                      F_b(y) = H(Q_b + s * C(y)), for all three bins b of each y
 *                                                         <-- masks --    per hash function one list, in a random order
 *
 * where * is bit by bit. They agree since Q_b = T_b + s * C(x). C(x) is four blocks AES(x) + x: codes of two items differ in at least 128 of 512 places
 * but with probability 2^-80 a pair, so that H's input at another item misses 128 secret bits. H is BLAKE3 keyed for the run, on one
 * block: correlation robust for codes (assumption of the paper, section 2.2; BLAKE3 as a random oracle).
 *
 * The bins of an item are three different ones, so no item is sent twice to one bin and no list needs fillers. All keys are drawn jointly at
 * the run's op.
 *
 * Semi-honest. The sender sees rows masked by streams of which it knows one each: nothing but the receiver's number of items. The receiver sees masks
 * at items it lacks as random, in an order that says nothing; it learns which of its items are common, and the sender's number of items. A mask that
 * matches also tells the receiver the function that named the bin, which it chose itself: see `Answer` for what it must not pass on.
 */
import type { Op } from '@triad/protocol';
import { Aes, Tensor } from '@triad/ring';
import type { OtLink } from '../ot/exchange.js';

/** Columns of a row, and bits of a code. */
export const width = 512;
export const rowBytes = width / 8;
export const blockBytes = 16;
/** Blocks of a code. */
export const codeBlocks = rowBytes / blockBytes;
const keyBytes = 16;

/** Bins whose rows travel in one message, of 2 MiB: a power of two. */
export const groupShift = 15;
const groupBins = 2 ** groupShift;

/** Public keys of one run. */
export interface RunKeys {
  /** One cipher for each block of a code. */
  readonly code: readonly Aes[];
  readonly bin: Aes;
  /** 32 bytes. */
  readonly mask: Uint8Array;
}

/** Keys that both sides draw at the run's op. */
export const drawKeys = ({ session, op }: OtLink): RunKeys => {
  const words = Tensor.empty([(keyBytes * (codeBlocks + 3)) / 8]);
  op.draw(session.common, words);
  const bytes = words.toBytes();
  words.dispose();
  return keysOf(bytes);
};

/** Keys of 16 bytes: four of the code, that of the bins, two of the masks. */
export const keysOf = (bytes: Uint8Array): RunKeys => {
  const key = (i: number) => bytes.subarray(keyBytes * i, keyBytes * (i + 1));
  const code = Array.from({ length: codeBlocks }, (_, i) => new Aes(key(i)));
  return { code, bin: new Aes(key(codeBlocks)), mask: bytes.subarray(keyBytes * (codeBlocks + 1)) };
};

/** Bins that are computed and sent together. */
export interface BinGroup {
  /** Where their rows travel, and the address of their columns' streams. */
  readonly op: Op;
  readonly index: number;
  readonly first: number;
  readonly bins: number;
  /** Bins, filled up to a multiple of 128. */
  readonly rows: number;
}

/** The largest group's rows. */
export const groupRows = (bins: number): number => 128 * Math.ceil(Math.min(bins, groupBins) / 128);

/** Sub-addresses of an op. */
const fan = 63;

/** All groups of a run. */
export function* binGroups({ op }: OtLink, bins: number): Generator<BinGroup> {
  for (let index = 0, first = 0; first < bins; index++, first += groupBins) {
    const count = Math.min(groupBins, bins - first);
    const at = op.at(hashes + Math.floor(index / fan)).at(index % fan);
    yield { op: at, index, first, bins: count, rows: groupRows(count) };
  }
}

/** Functions that name bins. */
export const hashes = 3;

/** Where the list of one hash function travels. */
export const maskLink = (link: OtLink, hash: number): OtLink => ({ ...link, op: link.op.at(hash) });
