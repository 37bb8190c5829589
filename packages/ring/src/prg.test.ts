import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AesKernel } from './aes-kernel.js';
import { AesPlatform } from './aes-platform.js';
import { memory } from './memory.js';
import { Prg } from './prg.js';
import { randomBytes } from './random.js';
import { Tensor } from './tensor.js';

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const spKey = '2b7e151628aed2a6abf7158809cf4f3c';
/** [source, key, block, encrypted block]. */
const vectors = [
  ['FIPS 197, appendix B', spKey, '3243f6a8885a308d313198a2e0370734', '3925841d02dc09fbdc118597196a0b32'],
  [
    'FIPS 197, appendix C.1',
    '000102030405060708090a0b0c0d0e0f',
    '00112233445566778899aabbccddeeff',
    '69c4e0d86a7b0430d8cdb78070b4c55a',
  ],
  ['SP 800-38A, F.1.1, 1', spKey, '6bc1bee22e409f96e93d7e117393172a', '3ad77bb40d7a3660a89ecaf32466ef97'],
  ['SP 800-38A, F.1.1, 2', spKey, 'ae2d8a571e03ac9c9eb76fac45af8e51', 'f5d3d58503b9699de785895a96fdbaaf'],
  ['SP 800-38A, F.1.1, 3', spKey, '30c81c46a35ce411e5fbc1191a0a52ef', '43b1cd7f598ece23881b00e3ed030688'],
  ['SP 800-38A, F.1.1, 4', spKey, 'f69f2445df4f9b17ad2b417be66c3710', '7b0c785e27e8ad3f8223207104725dd4'],
  ['SP 800-38A, F.5.1, 1', spKey, 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff', 'ec8cdf7398607cb0f2d21675ea9ea1e4'],
  ['SP 800-38A, F.5.1, 2', spKey, 'f0f1f2f3f4f5f6f7f8f9fafbfcfdff00', '362b7c3c6773516318a077d7fc5073ae'],
] as const;

type Aes = Pick<AesKernel, 'fill'>;
const paths: [string, (key: Uint8Array) => Aes][] = [
  ['kernel', (key) => new AesKernel(key)],
  ['platform', (key) => AesPlatform.create(key)!],
];

/** `words` words of stream (a, b, c) from block `start`. */
const draw = (aes: Aes, [a, b, c, start]: readonly number[], words: number): Uint8Array => {
  const out = Tensor.empty([words]);
  aes.fill(a!, b!, c!, { ptr: out.ptr, bytes: words * 8, start: start! });
  const bytes = out.toBytes();
  out.dispose();
  return bytes;
};

describe.each(paths)('AES-128 by the %s', (_, create) => {
  test.each(vectors)('%s', (_source, key, block, encrypted) => {
    const counters = new Uint32Array(fromHex(block).buffer);
    expect(toHex(draw(create(fromHex(key)), [...counters], 2))).toBe(encrypted);
  });
});

const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const address = fc.tuple(uint32, uint32, uint32);

test('the kernel and the platform give the same stream', () => {
  const blocks = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(key, address, uint32, blocks, (k, abc, start, n) => {
      const [kernel, platform] = paths.map(([, create]) => draw(create(k), [...abc, start], 2 * n));
      expect(toHex(kernel!)).toBe(toHex(platform!));
    }),
  );
});

/** The definition, by a cipher of its own. */
const stream = (k: Uint8Array, [a, b, c]: readonly number[], words: number): Uint8Array => {
  const cipher = createCipheriv('aes-128-ecb', k, null);
  const blocks = Array.from({ length: Math.ceil(words / 2) }, (_, i) => [a!, b!, c!, i]).flat();
  return Uint8Array.from(cipher.update(new Uint8Array(Uint32Array.from(blocks).buffer))).slice(0, words * 8);
};

const filled = (prg: Prg, [a, b, c]: readonly number[], words: number): Uint8Array => {
  const out = Tensor.empty([words]);
  prg.fill(a!, b!, c!, out);
  const bytes = out.toBytes();
  out.dispose();
  return bytes;
};

describe('streams', () => {
  afterEach(() => void vi.unstubAllGlobals());

  // Around a batch of the kernel, the platform's threshold and its pieces.
  const sizes = [0, 1, 2, 15, 16, 17, 31, 62, 63, 64, 65, 127, 8191, 8192, 8193, 20_001];

  test.each(sizes)('%i words, with the platform and without', (words) => {
    const k = randomBytes(16);
    const expected = toHex(stream(k, [1, 2 ** 32 - 1, 3], words));
    expect(toHex(filled(new Prg(k), [1, 2 ** 32 - 1, 3], words))).toBe(expected);
    vi.stubGlobal('process', undefined);
    expect(toHex(filled(new Prg(k), [1, 2 ** 32 - 1, 3], words))).toBe(expected);
  });

  test('one is the beginning of the longer one, whatever was drawn between', () => {
    const prgs = [new Prg(randomBytes(16)), new Prg(randomBytes(16))] as const;
    const draws = fc.tuple(fc.constantFrom(0, 1), address, fc.nat(200), fc.nat(200));
    fc.assert(
      fc.property(draws, draws, ([i, abc, n, m], [j, other, l]) => {
        const first = filled(prgs[i]!, abc, n);
        filled(prgs[j]!, other, l);
        const longer = filled(prgs[i]!, abc, n + m);
        expect(toHex(longer.subarray(0, 8 * n))).toBe(toHex(first));
      }),
    );
  });

  test('only the tensor is written', () => {
    const x = Tensor.zeros([300]);
    const prg = new Prg(randomBytes(16));
    for (const [start, end] of [
      [1, 4],
      [7, 106],
      [110, 299],
    ] as const) {
      const rows = x.rows(start, end);
      prg.fill(0, 0, 0, rows);
      rows.dispose();
    }
    const words = x.toBigInts();
    expect([0, 4, 5, 6, 106, 107, 108, 109, 299].map((i) => words[i])).toEqual(new Array(9).fill(0n));
    expect(words.filter((word) => word === 0n).length).toBe(9);
    x.dispose();
  });

  test('a key changed by its owner later is still the key', () => {
    const k = randomBytes(16);
    const expected = toHex(stream(k, [0, 0, 0], 100));
    const prg = new Prg(k);
    k.fill(0);
    expect(toHex(filled(prg, [0, 0, 0], 100))).toBe(expected);
  });

  test('drawing does not take memory', () => {
    const before = memory.liveBytes;
    for (let i = 0; i < 100; i++) filled(new Prg(randomBytes(16)), [i, 0, 0], 100);
    expect(memory.liveBytes).toBe(before);
  });
});

test.each([0, 15, 17, 32])('a key of %i bytes is refused', (length) => {
  expect(() => new Prg(new Uint8Array(length))).toThrow(expect.objectContaining({ code: 'bad-argument' }));
});

test.each([-1, 2 ** 32, 0.5, Number.NaN])('stream %f is refused', (address) => {
  for (const abc of [
    [address, 0, 0],
    [0, address, 0],
    [0, 0, address],
  ]) {
    expect(() => filled(new Prg(new Uint8Array(16)), abc, 1)).toThrow(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  }
});

test('random bytes come in any number, and differ', () => {
  for (const count of [0, 1, 65_535, 65_536, 65_537, 200_000]) {
    expect(randomBytes(count).length).toBe(count);
  }
  // The chance that a piece of 64 KiB lacks a byte value is below 2^-350.
  const bytes = randomBytes(4 * 65_536);
  for (let i = 0; i < 4; i++) expect(new Set(bytes.subarray(i * 65_536, (i + 1) * 65_536)).size).toBe(256);
  expect(toHex(randomBytes(16))).not.toBe(toHex(randomBytes(16)));
});
