/** Bytes of a file that are not read yet, in the memory of the kernels. */
import { allocate, memory, release } from '@triad/ring';

const firstBytes = 2 ** 21;

export class ByteWindow {
  #ptr: number;
  #capacity = firstBytes;
  #filled = 0;

  constructor() {
    this.#ptr = allocate(firstBytes);
  }

  /** Where they begin. */
  get ptr(): number {
    return this.#ptr;
  }

  get filled(): number {
    return this.#filled;
  }

  /** All of them, and a zero behind; valid until something is allocated. */
  bytes(): Buffer {
    return Buffer.from(memory.u8().buffer, this.#ptr, this.#filled + 1);
  }

  append(piece: Uint8Array): void {
    const needed = this.#filled + piece.length + 1;
    if (needed > this.#capacity) this.#grow(2 * needed);
    memory.u8().set(piece, this.#ptr + this.#filled);
    this.#filled += piece.length;
    memory.u8()[this.#ptr + this.#filled] = 0;
  }

  /** Forgets the first ones. */
  shift(count: number): void {
    memory.u8().copyWithin(this.#ptr, this.#ptr + count, this.#ptr + this.#filled);
    this.#filled -= count;
    memory.u8()[this.#ptr + this.#filled] = 0;
  }

  dispose(): void {
    release(this.#ptr, this.#capacity);
  }

  #grow(capacity: number): void {
    const ptr = allocate(capacity);
    memory.u8().copyWithin(ptr, this.#ptr, this.#ptr + this.#filled);
    release(this.#ptr, this.#capacity);
    [this.#ptr, this.#capacity] = [ptr, capacity];
  }
}
