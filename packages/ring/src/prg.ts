import { RingError } from './error.js';
import { kernels } from './kernel.js';
import { memory } from './memory.js';
import type { Tensor } from './tensor.js';

export class Prg {
  readonly #encrypt: (blocks: Uint8Array) => Uint8Array;

  /** `key` has 16 bytes. */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new RingError('bad-argument', `a key has 16 bytes; got ${key.length}`);
    const cipher = process.getBuiltinModule('node:crypto').createCipheriv('aes-128-ecb', key, null);
    cipher.setAutoPadding(false);
    this.#encrypt = (blocks) => cipher.update(blocks);
  }

  /** Overwrites `out` with the key's stream number (a, b, c), each an unsigned 32-bit number. */
  fill(a: number, b: number, c: number, out: Tensor): void {
    const { ptr } = out;
    kernels().counterBlocks(ptr, out.size >> 1, a, b, c, 0);
    const u8 = memory.u8();
    const whole = (out.size >> 1) * 16;
    u8.set(this.#encrypt(u8.subarray(ptr, ptr + whole)), ptr);
    if (out.size & 1) {
      const last = new Uint8Array(Uint32Array.of(a, b, c, out.size >> 1).buffer);
      u8.set(this.#encrypt(last).subarray(0, 8), ptr + whole);
    }
  }
}
