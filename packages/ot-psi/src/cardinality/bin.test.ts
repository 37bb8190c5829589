import { seededBytes } from '@triad/protocol';
import { Tensor } from '@triad/ring';
import { expect, test } from 'vitest';
import { keySet } from '../key/key-set.js';
import { binCount, candidateBins, place } from './bin.js';

const randomSet = (size: number, seed: number) =>
  keySet(Tensor.fromBytes([size, 2], seededBytes(seed, 0)(16 * size)));

test.each([0, 1, 2, 3, 10, 511, 512, 4096, 50_000])(
  '%i items have a bin each, one of their three',
  (size) => {
    for (let seed = 0; seed < (size < 5000 ? 20 : 2); seed++) {
      const set = randomSet(size, seed);
      const bins = binCount(size);
      const candidates = candidateBins(set, bins);
      const placedBy = place(candidates, bins);
      const taken = new Set(Array.from(placedBy, (h, i) => candidates[h * size + i]!));
      expect(taken.size).toBe(size);
      for (const bin of taken) expect(bin).toBeLessThan(bins);
      set.dispose();
    }
  },
);

test('the three are different and spread evenly, in any number of bins', () => {
  const size = 30_000;
  const set = randomSet(size, 1);
  for (const bins of [3, 4, 20]) {
    const counts = new Array<number>(bins).fill(0);
    const candidates = candidateBins(set, bins);
    for (let i = 0; i < size; i++) {
      const three = [0, 1, 2].map((h) => candidates[h * size + i]!);
      expect(new Set(three).size).toBe(3);
      for (const bin of three) counts[bin]!++;
    }
    const expected = (3 * size) / bins;
    for (const count of counts) expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
  }
  set.dispose();
});

test('bins are 1.27 to 1.32 an item from 512 on', () => {
  expect(binCount(0)).toBe(binCount(512));
  expect([2 ** 9, 2 ** 12, 2 ** 16, 2 ** 20].map(binCount)).toEqual([650, 5256, 85_196, 1_380_625]);
});

test('items without places are a typed error', () => {
  const candidates = Uint32Array.from([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
  expect(() => place(candidates, 4)).toThrow(expect.objectContaining({ name: 'TriadError', code: 'limit' }));
});
