import { kernels } from './kernel.js';
import { allocate, memory } from './memory.js';
import type { Stretch } from './stretch.js';

const scheduleBytes = 1408;
const batchBytes = 128;
/** The schedule in use and room for one batch; what is here outlives no fill, so keys need no dispose(). */
const slot = allocate(scheduleBytes + batchBytes);
let loaded: AesKernel | undefined;

/** AES-128 in WebAssembly, in constant time. */
export class AesKernel {
  readonly #schedule: Uint8Array;

  constructor(key: Uint8Array) {
    memory.u8().set(key, slot + scheduleBytes);
    kernels().aesSchedule(slot + scheduleBytes, slot);
    this.#schedule = memory.u8().slice(slot, slot + scheduleBytes);
    loaded = this;
  }

  /** Overwrites a stretch of stream (a, b, c). */
  fill(a: number, b: number, c: number, { ptr, bytes, start }: Stretch): void {
    this.#load();
    kernels().aesStream(ptr, bytes, slot, a, b, c, start, slot + scheduleBytes);
  }

  /** Encrypts blocks of memory, in place or elsewhere. */
  encrypt(x: number, out: number, blocks: number): void {
    this.#load();
    kernels().aesBlocks(x, out, blocks, slot, slot + scheduleBytes);
  }

  #load(): void {
    if (loaded !== this) memory.u8().set(this.#schedule, slot);
    loaded = this;
  }
}
