import { kernels } from './kernel.js';
import { allocate, memory } from './memory.js';
import type { Stretch } from './stretch.js';

interface Cipher {
  setAutoPadding(padded: boolean): unknown;
  update(blocks: Uint8Array): Uint8Array;
}

/** What is used of `node:crypto`. Importing it by name would break bundles for browsers. */
interface Crypto {
  createCipheriv(algorithm: 'aes-128-ecb', key: Uint8Array, iv: null): Cipher;
}

interface Platform {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

/** One call's output is a new buffer: pieces keep it, and its input, in the caches. */
const pieceBytes = 65536;
const counters = allocate(pieceBytes);

/** Node's AES-128. */
export class AesPlatform {
  readonly #cipher: Cipher;

  private constructor(cipher: Cipher) {
    this.#cipher = cipher;
    cipher.setAutoPadding(false);
  }

  /** Undefined where the platform has no synchronous AES, as browsers have not. */
  static create(key: Uint8Array): AesPlatform | undefined {
    const { process } = globalThis as Platform;
    const crypto = process?.getBuiltinModule?.('node:crypto') as Crypto | undefined;
    return crypto && new AesPlatform(crypto.createCipheriv('aes-128-ecb', key, null));
  }

  /** Overwrites a stretch of stream (a, b, c), whole blocks. */
  fill(a: number, b: number, c: number, { ptr, bytes, start }: Stretch): void {
    const u8 = memory.u8();
    for (let i = 0; i < bytes; i += pieceBytes) {
      const piece = Math.min(bytes - i, pieceBytes);
      kernels().counterBlocks(counters, piece / 16, a, b, c, start + i / 16);
      u8.set(this.#cipher.update(u8.subarray(counters, counters + piece)), ptr + i);
    }
  }

  /** Encrypts blocks of memory, in place or elsewhere. */
  encrypt(x: number, out: number, blocks: number): void {
    const u8 = memory.u8();
    for (let i = 0; i < blocks * 16; i += pieceBytes) {
      const piece = Math.min(blocks * 16 - i, pieceBytes);
      u8.set(this.#cipher.update(u8.subarray(x + i, x + i + piece)), out + i);
    }
  }
}
