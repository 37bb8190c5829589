import { allocate, memory, release } from '@triad/ring';
import { kernels } from '../kernel.js';
import { blockBytes, codeBlocks, type RunKeys, rowBytes } from './run.js';

/** Items worked on at a time: all that a batch needs stays in the caches. */
export const batchItems = 4096;
/** Bytes from a block of a code to the next one: blocks of one cipher lie together. */
export const planeBytes = batchItems * blockBytes;

const hashKeyBytes = 32;
const scratchBytes = 640;
const rowsBytes = batchItems * rowBytes;

/** Room for a batch, its codes, and the rows to be hashed. */
export class Batch {
  readonly #key = allocate(hashKeyBytes + scratchBytes);
  readonly codes = allocate(codeBlocks * planeBytes);
  readonly rows = allocate(rowsBytes);

  constructor(readonly keys: RunKeys) {
    memory.u8().set(keys.mask, this.#key);
  }

  /** AES under each key of `n` blocks. */
  encode(items: number, n: number): void {
    for (const [p, cipher] of this.keys.code.entries()) {
      cipher.encrypt(items, this.codes + p * planeBytes, n);
    }
  }

  /** H of the first `n` rows, 16 bytes each, in their place. */
  hash(n: number): void {
    const whole = 4 * Math.ceil(n / 4);
    kernels().blake3Rows(this.rows, whole, this.#key, this.rows, this.#key + hashKeyBytes);
  }

  dispose(): void {
    release(this.rows, rowsBytes);
    release(this.codes, codeBlocks * planeBytes);
    release(this.#key, hashKeyBytes + scratchBytes);
  }
}

/** Batches of `n`: where each begins and how many it has. */
export function* batches(n: number): Generator<readonly [first: number, count: number]> {
  for (let first = 0; first < n; first += batchItems) yield [first, Math.min(batchItems, n - first)];
}
