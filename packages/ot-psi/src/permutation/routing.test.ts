import { randomBytes } from '@triad/ring';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layerBatches, maxLanes, waksman } from './network.js';
import { randomPermutation } from './random-permutation.js';
import { route } from './routing.js';

/** The network by its definition: a block of lanes, its switches' controls asked for one by one. */
interface Depth {
  readonly before: number[];
  readonly after: number[];
}

/** Controls of a level, queues in the order of blocks and lanes. */
const byLevel = (lanes: number, controls: Uint8Array): Depth[] => {
  const { layers, levels } = waksman(lanes);
  const take = (level: number, last: 0 | 1) => {
    const layer = layers.find((l) => l.level === level && l.last === last);
    return layer === undefined ? [] : [...controls.subarray(layer.start, layer.start + layer.switches)];
  };
  return Array.from({ length: levels }, (_, level) => ({ before: take(level, 0), after: take(level, 1) }));
};

const exchangeIf = <T>(control: number, x: T[], y: T[], k: number): void => {
  if (control === 1) [x[k], y[k]] = [y[k]!, x[k]!];
};

const apply = <T>(block: readonly T[], depths: readonly Depth[], level = 0): T[] => {
  if (block.length < 2) return [...block];
  const half = block.length >> 1;
  const [upper, lower] = [block.slice(0, half), block.slice(half)];
  for (let k = 0; k < half; k++) exchangeIf(depths[level]!.before.shift()!, upper, lower, k);
  const [a, b] = [apply(upper, depths, level + 1), apply(lower, depths, level + 1)];
  for (let k = 0; k < (block.length - 1) >> 1; k++) exchangeIf(depths[level]!.after.shift()!, a, b, k);
  return [...a, ...b];
};

const realised = (permutation: Uint32Array): number[] => {
  const lanes = permutation.length;
  const controls = route(waksman(lanes), permutation);
  expect(controls.every((control) => control <= 1)).toBe(true);
  return apply([...permutation.keys()], byLevel(lanes, controls));
};

const permutations = (n: number): number[][] =>
  n === 0
    ? [[]]
    : permutations(n - 1).flatMap((p) =>
        [...p, n - 1].map((_, i) => [...p.slice(0, i), n - 1, ...p.slice(i)]),
      );

describe('routing', () => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])('realises every permutation of %i lanes', (n) => {
    for (const p of permutations(n)) expect(realised(Uint32Array.from(p))).toEqual(p);
  });

  test('realises permutations of any number of lanes', () => {
    const lanes = fc.oneof(
      fc.nat(300),
      fc.integer({ min: 300, max: 5000 }),
      fc.constantFrom(1023, 1024, 1025),
    );
    fc.assert(
      fc.property(lanes, fc.uint8Array({ minLength: 16, maxLength: 16 }), (n, key) => {
        const permutation = randomPermutation(n, key);
        expect(realised(permutation)).toEqual([...permutation]);
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['identity', (_n: number, i: number) => i],
    ['reversal', (n: number, i: number) => n - 1 - i],
    ['rotation', (n: number, i: number) => (i + 1) % n],
  ])('realises the %s', (_, at) => {
    for (const n of [8, 9, 1000, 1021]) {
      const permutation = Uint32Array.from({ length: n }, (_, i) => at(n, i));
      expect(realised(permutation)).toEqual([...permutation]);
    }
  });

  test.each([[[0, 0]], [[0, 2]], [[1]], [[0, 1, 2]]])('%j is no permutation of two lanes', (numbers) => {
    const permutation = Uint32Array.from(numbers);
    expect(() => route(waksman(2), permutation)).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });
});

describe('networks', () => {
  test('have the sum of ceil(log2 i) switches, layer after layer', () => {
    let sum = 0;
    for (let n = 1; n <= 3000; n++) {
      sum += Math.ceil(Math.log2(n));
      const { switches, layers } = waksman(n);
      expect(switches).toBe(sum);
      expect(layers.reduce((start, layer) => (layer.start === start ? start + layer.switches : -1), 0)).toBe(
        sum,
      );
    }
  });

  test('come in whole layers, in at most 60 batches of bounded size', () => {
    for (const lanes of [0, 1, 2, 100, 85_196, 1_380_625, maxLanes]) {
      const network = waksman(lanes);
      const batches = layerBatches(network);
      expect(batches.flat()).toEqual(network.layers);
      expect(batches.length).toBeLessThanOrEqual(60);
      for (const batch of batches) {
        const switches = batch.reduce((total, layer) => total + layer.switches, 0);
        expect(switches).toBeLessThanOrEqual(Math.max(2 ** 18, lanes / 2));
      }
    }
  });

  test.each([-1, 0.5, Number.NaN, maxLanes + 1])('%d lanes are refused', (lanes) => {
    expect(() => waksman(lanes)).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });
});

test('every permutation of four is drawn as often', () => {
  const counts = new Map<string, number>();
  const draws = 24_000;
  for (let i = 0; i < draws; i++) {
    const key = new Uint8Array(16);
    new DataView(key.buffer).setUint32(0, i);
    const drawn = String(randomPermutation(4, key));
    counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
  }
  const expected = draws / 24;
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  expect(counts.size).toBe(24);
  // 23 degrees of freedom: more than 60 has probability 4e-5; the keys are fixed.
  expect(chiSquare).toBeLessThan(60);
});

test.each([0, 1, 2, 8192, 20_000])(
  'a permutation of %i has every number once, and depends on its key',
  (n) => {
    const key = randomBytes(16);
    const drawn = randomPermutation(n, key);
    expect([...drawn].sort((a, b) => a - b)).toEqual([...new Uint32Array(n).keys()]);
    expect(randomPermutation(n, key)).toEqual(drawn);
    if (n > 1000) expect(randomPermutation(n, randomBytes(16))).not.toEqual(drawn);
  },
);
