import { blake3 } from '@noble/hashes/blake3.js';
import { seededBytes } from '@triad/protocol';
import { memory } from '@triad/ring';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestKeys } from './digest.js';
import { firstOf, keySet, padded, padding } from './key-set.js';
import type { Keys } from './keys.js';

const hashKey = seededBytes(1, 0)(32);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

const digestsOf = (keys: Keys): string[] => {
  const tensor = digestKeys(keys, hashKey);
  const bytes = tensor.toBytes();
  tensor.dispose();
  return Array.from({ length: bytes.length / 16 }, (_, i) => hex(bytes.subarray(16 * i, 16 * i + 16)));
};
const expected = (bytes: Uint8Array) => hex(blake3(bytes, { key: hashKey, dkLen: 16 }));
const utf8 = (text: string) => new TextEncoder().encode(text);

const packed = (keys: readonly Uint8Array[]): Keys => {
  const offsets = new Uint32Array(keys.length + 1);
  for (const [i, key] of keys.entries()) offsets[i + 1] = offsets[i]! + key.length;
  return { bytes: Uint8Array.from(Buffer.concat(keys)), offsets };
};

describe('digests', () => {
  test('are keyed BLAKE3, at every length around the limits of blocks and chunks', () => {
    const lengths = [0, 1, 15, 16, 17, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 5000, 3, 64, 2];
    const keys = lengths.map((length, i) => seededBytes(i, 1)(length));
    expect(digestsOf(packed(keys))).toEqual(keys.map(expected));
  });

  test('of texts are those of their UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary', maxLength: 100 });
    const property = (keys: string[]) => {
      expect(digestsOf(keys)).toEqual(keys.map((key) => expected(utf8(key))));
    };
    fc.assert(fc.property(fc.array(text, { maxLength: 50 }), property), { seed: 1, numRuns: 200 });
  });

  test('go on over batches', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => (i % 1000 === 7 ? `ü${i}` : `key ${i}`));
    const digests = digestsOf(keys);
    for (const i of [0, 7, 1023, 1024, 8191, 8192, 19_999]) expect(digests[i]).toBe(expected(utf8(keys[i]!)));
    expect(new Set(digests).size).toBe(keys.length);
  });

  test('of several columns differ wherever a column does', () => {
    const rows = [
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc', ''],
      ['', 'abc'],
      ['ab', 'c'],
    ];
    const digests = digestsOf(rows);
    expect(new Set(digests).size).toBe(4);
    expect(digests[4]).toBe(digests[0]);
  });

  test('of keys that are none are refused', () => {
    expect(() => digestKeys([['a', 'b'], ['a']], hashKey)).toThrowError('key 1 has 1 columns');
    const bytes = new Uint8Array(4);
    for (const offsets of [Uint32Array.of(0, 5), Uint32Array.of(3, 2)]) {
      expect(() => digestKeys({ bytes, offsets }, hashKey)).toThrowError(
        expect.objectContaining({ code: 'bad-argument' }),
      );
    }
    expect(() => digestKeys([], new Uint8Array(16))).toThrowError('32 bytes');
  });
});

describe('key sets', () => {
  const setOf = (keys: readonly string[]) => keySet(digestKeys(keys, hashKey));

  test.each([0, 1, 2, 3, 10, 1000, 50_000])('of %i keys are sorted, and rows go with them', (count) => {
    const keys = Array.from({ length: count }, (_, i) => `${(i * 7919) % 50_021}`);
    const before = memory.liveBytes;
    const set = setOf(keys);
    const found = Array.from({ length: set.size }, (_, i) =>
      hex(set.digests.bytes().subarray(16 * i, 16 * i + 16)),
    );
    expect(found).toEqual(digestsOf(keys).toSorted());
    expect(found).toEqual([...set.rows].map((row) => expected(utf8(keys[row]!))));
    set.dispose();
    expect(memory.liveBytes).toBe(before);
  });

  test('have each key once, with its first row, and name the rows that repeat it', () => {
    const key = fc.integer({ min: 0, max: 20 }).map(String);
    const property = (keys: string[]) => {
      const set = setOf(keys);
      const first = keys.map((each) => keys.indexOf(each));
      expect([...set.rows].toSorted((a, b) => a - b)).toEqual([...new Set(first)].toSorted((a, b) => a - b));
      const pairs = Array.from({ length: set.repeats.length / 2 }, (_, i) => [
        ...set.repeats.subarray(2 * i, 2 * i + 2),
      ]);
      const wanted = first.flatMap((f, row) => (f === row ? [] : [[row, f]]));
      expect(pairs.toSorted((a, b) => a[0]! - b[0]!)).toEqual(wanted);
      set.dispose();
    };
    fc.assert(fc.property(fc.array(key, { maxLength: 100 }), property), { seed: 2, numRuns: 200 });
  });

  test('are filled up with elements that are no rows', () => {
    const set = padded(setOf(['a', 'b', 'c']), 10);
    expect(set.size).toBe(10);
    expect([...set.rows].filter((row) => row !== padding).toSorted()).toEqual([0, 1, 2]);
    set.dispose();
  });

  test('are divided by their leading bits', () => {
    const set = setOf(Array.from({ length: 3000 }, (_, i) => String(i)));
    const bytes = set.digests.toBytes();
    for (const bits of [0, 1, 3, 8]) {
      for (let group = 0; group <= 2 ** bits; group++) {
        const from = firstOf(set, group, bits);
        const leading = (i: number) => (bits === 0 ? 0 : bytes[16 * i]! >> (8 - bits));
        if (from > 0) expect(leading(from - 1)).toBeLessThan(group);
        if (from < set.size) expect(leading(from)).toBeGreaterThanOrEqual(group);
      }
    }
    set.dispose();
  });
});
