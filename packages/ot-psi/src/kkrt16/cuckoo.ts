/**
 * Cuckoo hashing with three functions and no stash (Pinkas, Schneider, Zohner, "Scalable Private Set Intersection Based on OT Extension", TOPS
 * 2018, sections 3.2 and 6.3), on digests under a key of the run, so that whatever they have in common says nothing of their bins.
 */
import { TriadError } from '@triad/protocol';
import { type Aes, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { KeySet } from '../key/key-set.js';

/** The bins of every item, [size, 2]: the first three 32-bit numbers of its block. */
export const chooseBins = ({ size, digests }: KeySet, key: Aes, bins: number): Tensor => {
  const choices = Tensor.empty([size, 2]);
  key.encrypt(digests.ptr, choices.ptr, size);
  kernels().chooseBins(choices.ptr, size, bins);
  return choices;
};

/**
 * A table of `bins` 32-bit places with every item in one of its bins: the item times four plus the function that named the bin, or 2^32 - 1 in an
 * empty one. Throws `limit` if an item has no place: with probability 2^-40 for as many bins as `binCount` says.
 */
export const placeItems = (set: KeySet, key: Aes, bins: number): Tensor => {
  const choices = chooseBins(set, key, bins);
  const table = Tensor.empty([Math.ceil(bins / 2)]);
  const placed = kernels().placeItems(choices.ptr, set.size, table.ptr, bins);
  choices.dispose();
  if (placed === set.size) return table;
  table.dispose();
  throw new TriadError('limit', `${set.size} items have no places in ${bins} bins`, {
    remedy: 'start again: a new session hashes otherwise, and this happens once in 2^40 runs',
  });
};
