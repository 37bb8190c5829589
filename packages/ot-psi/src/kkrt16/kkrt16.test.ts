import { memory } from '@triad/ring';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { digestsOf, namesOf, type Pair, pair, runPair, setOf } from '../fixture/pair.js';
import type { KeySet } from '../key/key-set.js';
import { kkrt16 } from './kkrt16.js';

let shared: Pair;
beforeAll(async () => {
  shared = await pair(kkrt16, 1);
});
afterAll(() => shared.close());

let runs = 0;

/** Runs the protocol and compares with a plain intersection: the items, their order, and the slots they were found in. */
const expectExact = async (x: KeySet, y: KeySet) => {
  const [{ own, slots }, items] = await runPair(shared, `run ${runs++}`, x, y);
  const [names, theirs] = [namesOf(x), namesOf(y)];
  const sent = new Set(theirs);
  const common = names.flatMap((name, i) => (sent.has(name) ? [i] : []));
  expect([...own]).toEqual(common);
  expect(Array.from(slots, (slot) => theirs[items[slot]!])).toEqual(common.map((i) => names[i]));
  expect(items.length).toBe(3 * y.size);
  return common.length;
};

/** Items 0 to n, and m of which `common` are among those. */
const exactly = async (n: number, m: number, common: number) => {
  const [x, y] = [setOf(digestsOf(0, n)), setOf(digestsOf(n - common, n - common + m))];
  try {
    expect(await expectExact(x, y)).toBe(common);
  } finally {
    x.dispose();
    y.dispose();
  }
};

test('finds the intersection of sets of any sizes and overlaps', async () => {
  const before = memory.liveBytes;
  const size = fc.oneof(fc.nat(4), fc.nat(100), fc.nat(5000));
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  await fc.assert(
    fc.asyncProperty(size, size, part, (n, m, p) => exactly(n, m, Math.floor(p * Math.min(n, m)))),
    { numRuns: 40 },
  );
  expect(memory.liveBytes).toBe(before);
}, 120_000);

describe.each([
  ['two empty sets', 0, 0, 0],
  ['an empty receiver', 0, 10, 0],
  ['an empty sender', 10, 0, 0],
  ['single items', 1, 1, 1],
  ['single items that differ', 1, 1, 0],
  ['disjoint sets', 5000, 5000, 0],
  ['identical sets', 5000, 5000, 5000],
  ['16 to 16384', 16, 2 ** 14, 9],
  ['16384 to 16', 2 ** 14, 16, 9],
  ['1 to 1000', 1, 1000, 1],
  ['40000 to 40, in two groups of bins', 40_000, 40, 40],
  ['2^14 items each', 2 ** 14, 2 ** 14, 8000],
])('%s', (_, n, m, common) => {
  test(`share ${common}`, () => exactly(n, m, common), 60_000);
});

test('each list of slots holds every item once, in another order in every list and run', async () => {
  const n = 500;
  const [x, y] = [setOf(digestsOf(0, n)), setOf(digestsOf(0, n))];
  const lists: string[] = [];
  for (const name of ['order 1', 'order 2']) {
    const [, items] = await runPair(shared, name, x, y);
    for (let h = 0; h < 3; h++) {
      const list = [...items.subarray(h * n, (h + 1) * n)];
      lists.push(list.join());
      expect(list.sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    }
  }
  expect(new Set(lists).size).toBe(6);
  x.dispose();
  y.dispose();
});

test('an op serves one run', async () => {
  const x = setOf(digestsOf(0, 10));
  await runPair(shared, 'once', x, x);
  await expect(runPair(shared, 'once', x, x)).rejects.toMatchObject({ code: 'address-reused' });
  x.dispose();
});
