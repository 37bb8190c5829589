import { seededBytes } from '@triad/protocol';
import { Aes, memory } from '@triad/ring';
import { describe, expect, test } from 'vitest';
import { binCount } from '../cardinality/bin.js';
import { digestsOf, setOf } from '../fixture/pair.js';
import { chooseBins, placeItems } from './cuckoo.js';

const empty = 2 ** 32 - 1;
const keyOf = (seed: number) => new Aes(seededBytes(seed, 0)(16));

describe.each([0, 1, 2, 3, 100, 511, 512, 5000, 2 ** 16])('%i items', (n) => {
  test('are each in one of their three bins', () => {
    const before = memory.liveBytes;
    const set = setOf(digestsOf(0, n));
    const bins = binCount(n);
    const choices = chooseBins(set, keyOf(n), bins);
    const table = placeItems(set, keyOf(n), bins);
    const bin = new Uint32Array(choices.toBytes().buffer);
    const places = new Uint32Array(table.toBytes().buffer, 0, bins);
    const seen = new Set<number>();
    places.forEach((place, b) => {
      if (place === empty) return;
      seen.add(place >>> 2);
      expect(bin[4 * (place >>> 2) + (place & 3)]).toBe(b);
    });
    expect(seen.size).toBe(n);
    for (let i = 0; i < n; i++) {
      const three = bin.subarray(4 * i, 4 * i + 3);
      if (new Set(three).size !== 3 || Math.max(...three) >= bins) throw new Error(`bins ${three} of ${i}`);
    }
    for (const tensor of [set, choices, table]) tensor.dispose();
    expect(memory.liveBytes).toBe(before);
  });
});

test('every bin is as likely under every function', () => {
  const [n, bins] = [2 ** 16, 64];
  const set = setOf(digestsOf(0, n));
  const choices = chooseBins(set, keyOf(1), bins);
  const bin = new Uint32Array(choices.toBytes().buffer);
  for (let h = 0; h < 3; h++) {
    const counts = new Array<number>(bins).fill(0);
    for (let i = 0; i < n; i++) counts[bin[4 * i + h]!]!++;
    const expected = n / bins;
    const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 63 degrees of freedom: above 130 with probability 10^-6.
    expect(chi2).toBeLessThan(130);
  }
  set.dispose();
  choices.dispose();
});

test('items find places under thousands of keys', () => {
  for (const [n, keys] of [
    [3, 2000],
    [200, 2000],
    [512, 2000],
    [4096, 200],
  ] as const) {
    const set = setOf(digestsOf(0, n));
    for (let seed = 0; seed < keys; seed++) placeItems(set, keyOf(seed), binCount(n)).dispose();
    set.dispose();
  }
}, 60_000);

test('too few bins are a typed error that says what to do', () => {
  const before = memory.liveBytes;
  const set = setOf(digestsOf(0, 100));
  const place = () => placeItems(set, keyOf(1), 99);
  expect(place).toThrow(expect.objectContaining({ name: 'TriadError', code: 'limit' }));
  expect(place).toThrow(/start again: a new session/);
  set.dispose();
  expect(memory.liveBytes).toBe(before);
});
