import { TriadError } from '@triad/protocol';
import { allocate, memory, randomBytes, release, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { digestBytes } from './digest.js';

/** The distinct keys of one side. Whoever made it disposes it. */
export interface KeySet {
  /** How many. */
  readonly size: number;
  /** [size, 2]: their digests, ascending as big-endian numbers: the same order at every owner, and one that says nothing of rows. */
  readonly digests: Tensor;
  /** The row each was first seen in; `padding` for what was added to hide the size. */
  readonly rows: Uint32Array;
  /** Rows whose key an earlier row has, each followed by the first of those. */
  readonly repeats: Uint32Array;
  dispose(): void;
}

/** The row of an element that is no key. */
export const padding = 2 ** 32 - 1;

const countBytes = 2 * 4 * (2 ** 12 + 1);

/** Sorts digests [count, 2] with their rows, and drops those that repeat. Takes the digests over. */
const sorted = (digests: Tensor, rowOf: Uint32Array): KeySet => {
  const count = rowOf.length;
  const room = 4 * count;
  const [rows, tmpRows] = [allocate(room), allocate(room)];
  const tmp = allocate(digestBytes * count);
  const counts = allocate(countBytes);
  words(rows, count).set(rowOf);
  kernels().sortDigests(digests.ptr, rows, count, tmp, tmpRows, counts);
  const size = kernels().dropRepeated(digests.ptr, rows, count, tmp);
  const kept = words(rows, size).slice();
  const repeats = words(tmp, 2 * (count - size)).slice();
  release(counts, countBytes);
  release(tmp, digestBytes * count);
  release(tmpRows, room);
  release(rows, room);
  const distinct = digests.rows(0, size);
  digests.dispose();
  return { size, digests: distinct, rows: kept, repeats, dispose: () => distinct.dispose() };
};

const words = (ptr: number, count: number): Uint32Array => new Uint32Array(memory.u8().buffer, ptr, count);

/** The set of digests [count, 2], row by row; takes them over. */
export const keySet = (digests: Tensor): KeySet =>
  sorted(
    digests,
    Uint32Array.from({ length: digests.size / 2 }, (_, i) => i),
  );

/** The set with random elements added until it has `size`: nobody can have them but with probability 2^-100. Takes it over. */
export const padded = (set: KeySet, size: number, random = randomBytes): KeySet => {
  if (set.size === size) return set;
  const digests = Tensor.empty([size, 2]);
  const bytes = digests.bytes();
  bytes.set(set.digests.bytes());
  bytes.set(random((size - set.size) * digestBytes), set.size * digestBytes);
  const rows = new Uint32Array(size).fill(padding);
  rows.set(set.rows);
  set.dispose();
  return { ...sorted(digests, rows), repeats: set.repeats };
};

/** The digests of some rows, 16 bytes each, and their rows. */
export interface RowDigests {
  readonly digests: Uint8Array;
  readonly rows: Uint32Array;
}

/** The set of some rows' digests, filled up to `size`. Throws `limit` for more rows. */
export const filledSet = ({ digests, rows }: RowDigests, size: number, random = randomBytes): KeySet => {
  const count = rows.length;
  if (count > size) {
    throw new TriadError('limit', `${count} rows do not fit into a set of ${size}`, {
      remedy: 'choose a larger size',
    });
  }
  const all = Tensor.empty([size, 2]);
  all.bytes().set(digests);
  all.bytes().set(random((size - count) * digestBytes), count * digestBytes);
  const rowOf = new Uint32Array(size).fill(padding);
  rowOf.set(rows);
  return padded(sorted(all, rowOf), size, random);
};

/** The index of the first digest of a set whose leading `bits` bits, as a number, are at least `group`. */
export const firstOf = (
  { digests, size }: Pick<KeySet, 'digests' | 'size'>,
  group: number,
  bits: number,
): number => {
  if (bits === 0) return group === 0 ? 0 : size;
  const view = new DataView(memory.u8().buffer, digests.ptr);
  let [low, high] = [0, size];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (view.getUint32(middle * digestBytes) >>> (32 - bits) < group) low = middle + 1;
    else high = middle;
  }
  return low;
};
