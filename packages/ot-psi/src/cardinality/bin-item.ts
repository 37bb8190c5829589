/**
 * Items in bins. In a bin an item is compared as its hash under the function that named the bin, so that it is another item under each function.
 * The receiver has every item in one bin, by cuckoo hashing; the sender has each of its items in all three.
 */
import { Aes, Tensor } from '@triad/ring';
import { type KeySet, keySet } from '../key/key-set.js';
import { chooseBins, placeItems } from '../kkrt16/cuckoo.js';
import { blockBytes, hashes } from '../kkrt16/run.js';
import { hashBlocks } from '../okvs/okvs.js';
import type { OtLink } from '../ot/exchange.js';
import { halves, takeBlocks } from './block.js';

const keyBytes = 16;
const empty = 2 ** 32 - 1;

/** Items under functions, and the bins these name: element i of the set is in bin bins[i]. Whoever makes it disposes the set. */
export interface BinItems {
  readonly set: KeySet;
  readonly bins: Uint32Array;
}

/** Public keys that both sides draw at this op: one for the bins, one for each function. */
const drawKeys = ({ session, op }: OtLink): { readonly bin: Aes; readonly items: readonly Aes[] } => {
  const words = Tensor.empty([((1 + hashes) * keyBytes) / 8]);
  op.draw(session.common, words);
  const bytes = words.toBytes();
  words.dispose();
  const key = (i: number) => new Aes(bytes.subarray(i * keyBytes, (i + 1) * keyBytes));
  return { bin: key(0), items: Array.from({ length: hashes }, (_, h) => key(1 + h)) };
};

/** Every item under every function, [hashes * size, 2]: item i under function h is row h * size + i. */
const underAll = ({ size, digests }: KeySet, keys: readonly Aes[]): Tensor => {
  const out = Tensor.empty([hashes * size, 2]);
  for (const [h, key] of keys.entries()) hashBlocks(key, digests.ptr, out.ptr + h * size * blockBytes, size);
  return out;
};

/** The receiver's items, each in its bin. Throws `limit` with probability 2^-40. */
export const placedItems = (link: OtLink, own: KeySet, bins: number): BinItems => {
  const keys = drawKeys(link);
  const table = placeItems(own, keys.bin, bins);
  const rows = new Uint32Array(own.size);
  const binOf = new Uint32Array(own.size);
  for (const [bin, place] of halves(table).subarray(0, bins).entries()) {
    if (place === empty) continue;
    const item = place >>> 2;
    rows[item] = (place & 3) * own.size + item;
    binOf[item] = bin;
  }
  table.dispose();
  const all = underAll(own, keys.items);
  const set = keySet(takeBlocks(all, rows));
  all.dispose();
  return { set, bins: set.rows.map((item) => binOf[item]!) };
};

/** The sender's items, each in its three bins. */
export const candidateItems = (link: OtLink, own: KeySet, bins: number): BinItems => {
  const keys = drawKeys(link);
  const choices = chooseBins(own, keys.bin, bins);
  const set = keySet(underAll(own, keys.items));
  // Blocks of four numbers, the first three of them bins.
  const binOf = halves(choices);
  const bin = (row: number) => binOf[4 * (row % own.size) + Math.floor(row / own.size)]!;
  const named = set.rows.map(bin);
  choices.dispose();
  return { set, bins: named };
};
