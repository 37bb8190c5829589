import { memory } from '@triad/ring';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { larger, word } from '../fixture/order.js';
import { open, run, type Seat, type Value } from '../fixture/run.js';
import { argmax, reduceMax } from './extremum.js';
import { rank, topK } from './top.js';

interface Extrema {
  readonly max: readonly bigint[];
  readonly arg: readonly bigint[];
  readonly ranks: readonly bigint[];
  readonly values: readonly bigint[];
  readonly places: readonly bigint[];
}

/** All extrema along the last axis, and the k largest, as every party sees them. */
const extrema = async (x: Value, k: number): Promise<Extrema> => {
  const { results } = await run([x], async (seat: Seat) => {
    const { protocol, session, xs } = seat;
    const [max, arg, ranks, top] = await Promise.all([
      reduceMax(protocol, session.op('max'), xs[0]!),
      argmax(protocol, session.op('arg'), xs[0]!),
      rank(protocol, session.op('rank'), xs[0]!),
      topK(protocol, session.op('top'), xs[0]!, k),
    ]);
    const outer = x.shape.slice(0, -1);
    expect(protocol.shape(max)).toEqual([...outer, 1]);
    expect(protocol.shape(arg)).toEqual(x.shape);
    expect(protocol.shape(ranks)).toEqual(x.shape);
    expect(protocol.shape(top.values)).toEqual([...outer, k]);
    expect(protocol.shape(top.places)).toEqual([...outer, k, x.shape.at(-1)]);
    const all = [max, arg, ranks, top.values, top.places];
    return Promise.all(all.map((share, i) => open(seat, share, i)));
  });
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
  const [max, arg, ranks, values, places] = results[0]!;
  return { max: max!, arg: arg!, ranks: ranks!, values: values!, places: places! };
};

/** The same in the clear: a stable sort says it all. */
const inTheClear = (lists: readonly (readonly bigint[])[], k: number): Extrema => {
  const orders = lists.map((list) =>
    list.map((_, i) => i).sort((i, j) => (list[i] === list[j] ? i - j : list[i]! > list[j]! ? -1 : 1)),
  );
  const marks = (list: readonly bigint[], at: number) => list.map((_, i) => BigInt(i === at));
  return {
    max: lists.map((list) => list.reduce(larger)),
    arg: lists.flatMap((list, r) => marks(list, orders[r]![0]!)),
    ranks: lists.flatMap((list, r) => list.map((_, i) => BigInt(orders[r]!.indexOf(i)))),
    values: lists.flatMap((list, r) => orders[r]!.slice(0, k).map((i) => list[i]!)),
    places: lists.flatMap((list, r) => orders[r]!.slice(0, k).flatMap((i) => marks(list, i))),
  };
};

const check = async (lists: readonly (readonly bigint[])[], k: number) => {
  const n = lists[0]!.length;
  const found = await extrema({ shape: [lists.length, n], words: lists.flat() }, k);
  expect(found).toEqual(inTheClear(lists, k));
};

const lengths = Array.from({ length: 40 }, (_, i) => i + 1);

it.each(lengths)('finds the extrema of lists of %d values, of equal ones the first', async (n) => {
  const tie = fc.bigInt({ min: -1n, max: 1n });
  const list = fc.oneof(
    fc.array(word, { minLength: n, maxLength: n }),
    fc.array(tie, { minLength: n, maxLength: n }),
  );
  const lists = fc.array(list, { minLength: 1, maxLength: 5 });
  await fc.assert(fc.asyncProperty(lists, fc.integer({ min: 1, max: Math.min(n, 5) }), check), {
    numRuns: 4,
    seed: n,
  });
});

it('finds the largest at every place, alone and tied with a later one', async () => {
  for (const n of [2, 3, 16, 17, 35]) {
    const alone = lengths.slice(0, n).map((_, i) => lengths.slice(0, n).map((_, j) => BigInt(i === j)));
    const tied = alone.map((list, i) => list.map((v, j) => (j > i && (i + j) % 3 === 0 ? 1n : v)));
    await check([...alone, ...tied], n);
  }
});

it('groups the largest of groups', async () => {
  const list = (seed: number) => Array.from({ length: 300 }, (_, i) => BigInt((i * seed) % 293));
  const lists = [list(7), list(31), list(0), list(292)];
  const { results } = await run([{ shape: [4, 300], words: lists.flat() }], async (seat) => {
    const { protocol, session, xs } = seat;
    const max = await reduceMax(protocol, session.op('max'), xs[0]!);
    const arg = await argmax(protocol, session.op('arg'), xs[0]!);
    return [await open(seat, max, 0), await open(seat, arg, 1)];
  });
  const { max, arg } = inTheClear(lists, 1);
  expect(results[0]).toEqual([max, arg]);
});

it('takes any outer axes, and none', async () => {
  const words = [3n, 1n, 2n, 9n, 9n, -9n, 0n, 0n, 0n, -1n, -2n, 4n];
  const lists = [0, 3, 6, 9].map((start) => words.slice(start, start + 3));
  expect(await extrema({ shape: [2, 2, 3], words }, 2)).toEqual(inTheClear(lists, 2));
  expect(await extrema({ shape: [12], words }, 3)).toEqual(inTheClear([words], 3));
});

it('gives all memory back', async () => {
  const before = memory.liveBytes;
  for (const n of [1, 2, 7, 40])
    await extrema({ shape: [2, n], words: lengths.slice(0, n).flatMap((i) => [BigInt(i), 5n]) }, 1);
  expect(memory.liveBytes).toBe(before);
});

it('refuses what has no order, and more of the largest than there are', async () => {
  await expect(extrema({ shape: [], words: [1n] }, 1)).rejects.toThrow(/\[\] has no last axis/);
  await expect(extrema({ shape: [2, 0], words: [] }, 1)).rejects.toThrow(/no last axis with elements/);
  for (const k of [0, 4, 1.5])
    await expect(extrema({ shape: [3], words: [1n, 2n, 3n] }, k)).rejects.toMatchObject({
      code: 'bad-argument',
      message: `there are no ${k} largest of 3 values; ask for a whole number from 1 to 3`,
    });
});
