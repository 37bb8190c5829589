/**
 * Cuckoo hashing with three functions and no stash (Pinkas, Schneider, Zohner, "Scalable Private Set Intersection Based on OT Extension", TOPS
 * 2018, sections 3.2 and 6.3). A key's functions name three different bins.
 */
import { TriadError } from '@triad/protocol';
import { digestBytes } from '../key/digest.js';
import type { KeySet } from '../key/key-set.js';
import { hashes } from './bin-item.js';
import { halves } from './block.js';

/** Fewer items get as many bins as these: otherwise four of them share three bins too often. */
const leastItems = 512;

/**
 * Bins in which `size` items find a place but with probability 2^-40. Logarithms are rounded up, since platforms do not agree on their last bit and both
 * sides must on this.
 */
export const binCount = (size: number): number => {
  const items = Math.max(size, leastItems);
  let log = 0;
  while (2 ** log < items) log++;
  return Math.floor((items * (40 + log + 256)) / 240);
};

const words = digestBytes / 4;

/** A number below `count` by a uniform 32-bit one. */
const scaled = (uniform: number, count: number): number => Math.floor((uniform * count) / 2 ** 32);

/** The bin of item i under function h is at h * size + i. */
export const candidateBins = ({ size, digests }: KeySet, bins: number): Uint32Array => {
  const out = new Uint32Array(hashes * size);
  const uniform = halves(digests);
  for (let i = 0; i < size; i++) {
    const a = scaled(uniform[words * i]!, bins);
    // Numbers that leave out the bins before them.
    let b = scaled(uniform[words * i + 1]!, bins - 1);
    if (b >= a) b++;
    let c = scaled(uniform[words * i + 2]!, bins - 2);
    if (c >= Math.min(a, b)) c++;
    if (c >= Math.max(a, b)) c++;
    out[i] = a;
    out[size + i] = b;
    out[2 * size + i] = c;
  }
  return out;
};

const free = 2 ** 32 - 1;

/**
 * Places every item in a bin of its own; returns the function each was placed by. Evicted items go to their next function's bin: if a free
 * bin can be reached, that reaches one. Throws `limit` if there is none: with probability 2^-40.
 */
export const place = (candidates: Uint32Array, bins: number): Uint8Array => {
  const size = candidates.length / hashes;
  const placedBy = new Uint8Array(size);
  const inBin = new Uint32Array(bins).fill(free);
  for (let i = 0; i < size; i++) {
    let item = i;
    for (let steps = 0; item !== free; steps++) {
      if (steps > hashes * bins) throw noPlace(size, bins);
      const bin = candidates[placedBy[item]! * size + item]!;
      const evicted = inBin[bin]!;
      inBin[bin] = item;
      item = evicted;
      if (item !== free) placedBy[item] = (placedBy[item]! + 1) % hashes;
    }
  }
  return placedBy;
};

const noPlace = (size: number, bins: number): TriadError =>
  new TriadError('limit', `${size} items have no places in ${bins} bins`, {
    remedy: 'start again: a new session hashes otherwise, and this happens once in 2^40 runs',
  });
