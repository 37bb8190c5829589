import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { Aes } from './aes.js';
import { AesPlatform } from './aes-platform.js';
import { Tensor } from './tensor.js';

const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
const blocks = fc.integer({ min: 1, max: 5000 });

const openssl = (key: Uint8Array, x: Uint8Array): Uint8Array =>
  Uint8Array.from(createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(x));

const encrypted = (key: Uint8Array, x: Uint8Array): Uint8Array => {
  const tensor = Tensor.fromBytes([x.length / 8], x);
  new Aes(key).encrypt(tensor.ptr, tensor.ptr, x.length / 16);
  const out = tensor.toBytes();
  tensor.dispose();
  return out;
};

const sample = (count: number): Uint8Array =>
  Uint8Array.from({ length: 16 * count }, (_, i) => i * i + (i >> 5));

const agrees = (key: Uint8Array, count: number): void => {
  const x = sample(count);
  expect(Buffer.compare(encrypted(key, x), openssl(key, x))).toBe(0);
};

test('blocks are encrypted as OpenSSL does, by the platform or the kernel', () => {
  fc.assert(fc.property(key, blocks, agrees), { seed: 1, numRuns: 30 });
});

test('blocks are encrypted as OpenSSL does where the platform has no AES', () => {
  const create = vi.spyOn(AesPlatform, 'create').mockReturnValue(undefined);
  fc.assert(fc.property(key, fc.integer({ min: 1, max: 100 }), agrees), { seed: 2, numRuns: 30 });
  create.mockRestore();
});

test('a key has 16 bytes', () => {
  expect(() => new Aes(new Uint8Array(15))).toThrowError(expect.objectContaining({ code: 'bad-argument' }));
});
