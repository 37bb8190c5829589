import { type Aes, allocate, memory, release, type Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { KeySet } from '../key/key-set.js';
import { chooseBins } from './cuckoo.js';
import { blockBytes, groupShift, hashes } from './run.js';

interface Grouping {
  readonly set: KeySet;
  readonly key: Aes;
  readonly bins: number;
  /** For each function the slot of each item in its list, 32-bit words. */
  readonly slots: readonly Tensor[];
}

/** Addresses of one group's items: digests of 16 bytes, bins within the group and slots of 4. */
export interface GroupItems {
  readonly digests: number;
  readonly bins: number;
  readonly slots: number;
  readonly count: number;
}

/** Every item of a set under every function, by groups of bins: what a group needs when its rows arrive lies together. */
export class GroupedItems {
  readonly #count: number;
  readonly #starts: Uint32Array;
  readonly #digests: number;
  readonly #bins: number;
  readonly #slots: number;

  constructor({ set, key, bins, slots }: Grouping) {
    const count = hashes * set.size;
    this.#count = count;
    this.#digests = allocate(count * blockBytes);
    this.#bins = allocate(4 * count);
    this.#slots = allocate(4 * count);
    const choices = chooseBins(set, key, bins);
    const groups = Math.ceil(bins / 2 ** groupShift);
    const ends = allocate(4 * groups);
    memory.u8().fill(0, ends, ends + 4 * groups);
    kernels().countGroups(choices.ptr, set.size, groupShift, ends);
    this.#starts = starts(words(ends, groups));
    words(ends, groups).set(this.#starts.subarray(0, groups));
    for (const [h, list] of slots.entries()) {
      kernels().groupItems(
        set.digests.ptr,
        choices.ptr + 4 * h,
        set.size,
        list.ptr,
        h * set.size,
        groupShift,
        ends,
        this.#digests,
        this.#bins,
        this.#slots,
      );
    }
    release(ends, 4 * groups);
    choices.dispose();
  }

  group(index: number): GroupItems {
    const start = this.#starts[index]!;
    return {
      digests: this.#digests + start * blockBytes,
      bins: this.#bins + 4 * start,
      slots: this.#slots + 4 * start,
      count: this.#starts[index + 1]! - start,
    };
  }

  dispose(): void {
    release(this.#slots, 4 * this.#count);
    release(this.#bins, 4 * this.#count);
    release(this.#digests, this.#count * blockBytes);
  }
}

const words = (ptr: number, count: number): Uint32Array => new Uint32Array(memory.u8().buffer, ptr, count);

/** Where each group begins, and where the last one ends. */
const starts = (counts: Uint32Array): Uint32Array => {
  const out = new Uint32Array(counts.length + 1);
  for (let g = 0; g < counts.length; g++) out[g + 1] = out[g]! + counts[g]!;
  return out;
};
