import { AesKernel } from './aes-kernel.js';
import { AesPlatform } from './aes-platform.js';
import { RingError } from './error.js';
import type { Tensor } from './tensor.js';

/** From so many bytes on the platform's AES is faster than the kernel, whose calls cost less. */
const platformBytes = 512;

const isUint32 = (x: number): boolean => x >>> 0 === x;

/**
 * Pseudo-random words: AES-128 under the key in counter mode. Stream (a, b, c) is the encryption of the blocks
 * a, b, c, counter, four little-endian 32-bit numbers, the counter from 0. The same on every platform; where the
 * platform has no synchronous AES, a constant-time kernel does it.
 */
export class Prg {
  readonly #key: Uint8Array;
  #kernel: AesKernel | undefined;
  #platform: AesPlatform | undefined | null = null;

  /** `key` has 16 bytes. */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new RingError('bad-argument', `a key has 16 bytes; got ${key.length}`);
    this.#key = key.slice();
  }

  /** Overwrites `out` with stream (a, b, c), each an unsigned 32-bit number. */
  fill(a: number, b: number, c: number, out: Tensor): void {
    if (!(isUint32(a) && isUint32(b) && isUint32(c))) {
      throw new RingError('bad-argument', `streams are three 32-bit numbers; got ${a}, ${b}, ${c}`);
    }
    const bytes = out.size * 8;
    const whole = bytes < platformBytes ? 0 : this.#fillBlocks(a, b, c, out);
    if (whole === bytes) return;
    this.#kernel ??= new AesKernel(this.#key);
    this.#kernel.fill(a, b, c, { ptr: out.ptr + whole, bytes: bytes - whole, start: whole / 16 });
  }

  /** Fills the whole blocks of `out` by the platform, if it can; returns their bytes. */
  #fillBlocks(a: number, b: number, c: number, out: Tensor): number {
    if (this.#platform === null) this.#platform = AesPlatform.create(this.#key);
    if (this.#platform === undefined) return 0;
    const bytes = (out.size >> 1) * 16;
    this.#platform.fill(a, b, c, { ptr: out.ptr, bytes, start: 0 });
    return bytes;
  }
}
