import { AesKernel } from './aes-kernel.js';
import { AesPlatform } from './aes-platform.js';
import { RingError } from './error.js';

/** From so many blocks on the platform's AES is faster than the kernel, whose calls cost less. */
const platformBlocks = 16;

/**
 * The permutation AES-128 under one key, on blocks of 16 bytes in the shared memory: by the platform where it can
 * without waiting, else by a constant-time kernel. A fixed public key makes it the random permutation of hash constructions.
 */
export class Aes {
  readonly #key: Uint8Array;
  readonly #platform: AesPlatform | undefined;
  #kernel: AesKernel | undefined;

  /** `key` has 16 bytes. */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new RingError('bad-argument', `a key has 16 bytes; got ${key.length}`);
    this.#key = key.slice();
    this.#platform = AesPlatform.create(this.#key);
  }

  /** Encrypts `blocks` blocks from address `x` to address `out`, which may be the same. */
  encrypt(x: number, out: number, blocks: number): void {
    const faster = blocks >= platformBlocks ? this.#platform : undefined;
    (faster ?? this.#inKernel()).encrypt(x, out, blocks);
  }

  #inKernel(): AesKernel {
    this.#kernel ??= new AesKernel(this.#key);
    return this.#kernel;
  }
}
