import { blake3 } from '@noble/hashes/blake3.js';
import { TriadError } from '@triad/protocol';
import { allocate, memory, release, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { type KeySink, type Keys, keyCount, writeKeys } from './keys.js';

/** Bytes of a digest: two different keys among 2^40 collide with probability 2^-48. */
export const digestBytes = 16;
/** Bytes of the key of the hash. */
export const hashKeyBytes = 32;

/** Keys hashed at a time: their bytes stay in the caches. */
const batch = 8192;
/** The kernel takes one chunk of BLAKE3. */
const kernelBytes = 1024;
/** What the kernel may read behind the last key. */
const slack = 80;
const scratchBytes = 640;

/**
 * Keyed BLAKE3 of every key, 16 bytes each, as [count, 2]. The hash's key is fresh in every session, so that nobody who chooses records can
 * choose how their digests fall.
 */
export const digestKeys = (keys: Keys, hashKey: Uint8Array): Tensor => {
  if (hashKey.length !== hashKeyBytes) {
    throw new TriadError('bad-argument', `a hash key has ${hashKeyBytes} bytes; got ${hashKey.length}`);
  }
  const count = keyCount(keys);
  const digests = Tensor.empty([count + 3, 2]);
  const hasher = new Batch(hashKey);
  try {
    for (let i = 0; i < count; i += batch) {
      writeKeys(keys, i, Math.min(i + batch, count), hasher);
      hasher.digest(digests.ptr + i * digestBytes);
    }
  } finally {
    hasher.dispose();
  }
  const out = digests.rows(0, count);
  digests.dispose();
  return out;
};

/** A batch of keys in the shared memory. */
class Batch implements KeySink {
  readonly #fixed = allocate(hashKeyBytes + scratchBytes + 4 * (batch + 1));
  readonly #offsets = new Uint32Array(batch + 1);
  #size = 2 ** 20;
  #data = allocate(this.#size);
  #used = 0;
  #count = 0;
  /** Keys too long for the kernel: what it says of them is replaced. */
  #long: { readonly index: number; readonly digest: Uint8Array }[] = [];

  constructor(readonly hashKey: Uint8Array) {
    memory.u8().set(hashKey, this.#fixed);
  }

  room(bytes: number): Uint8Array {
    const needed = this.#used + bytes + slack;
    if (needed > this.#size) this.#grow(Math.max(needed, 2 * this.#size));
    return memory.u8().subarray(this.#data + this.#used, this.#data + this.#size - slack);
  }

  key(bytes: number): void {
    const index = this.#count++;
    if (bytes > kernelBytes) {
      const from = this.#data + this.#used;
      const key = memory.u8().slice(from, from + bytes);
      this.#long.push({ index, digest: blake3(key, { key: this.hashKey, dkLen: digestBytes }) });
    }
    this.#used += bytes;
    this.#offsets[this.#count] = this.#used;
  }

  /** Digests of the batch, at an address with room for three more; the next batch begins. */
  digest(out: number): void {
    const offsets = this.#fixed + hashKeyBytes + scratchBytes;
    const u8 = memory.u8();
    u8.set(new Uint8Array(this.#offsets.buffer, 0, 4 * (this.#count + 1)), offsets);
    kernels().blake3Keyed(this.#data, offsets, this.#count, this.#fixed, out, this.#fixed + hashKeyBytes);
    for (const { index, digest } of this.#long) u8.set(digest, out + index * digestBytes);
    this.#used = 0;
    this.#count = 0;
    this.#long = [];
  }

  dispose(): void {
    release(this.#data, this.#size);
    release(this.#fixed, hashKeyBytes + scratchBytes + 4 * (batch + 1));
  }

  #grow(size: number): void {
    const data = allocate(size);
    memory.u8().copyWithin(data, this.#data, this.#data + this.#used);
    release(this.#data, this.#size);
    this.#data = data;
    this.#size = size;
  }
}
