import type { Cost } from '@triad/protocol';
import { memory } from '@triad/ring';
import { expect, it } from 'vitest';
import { costOf, run, type Seat, type Value } from '../fixture/run.js';
import type { Share } from '../share.js';
import { orderCost } from './cost.js';
import { argmax, reduceMax, topK } from './extremum.js';
import { eq, ge, gt, le, lt, maximum, minimum, ne, relu, select } from './order.js';

const words = (count: number, range: number, speed = 7919): bigint[] =>
  Array.from({ length: count }, (_, i) => BigInt(((i * speed) % (2 * range + 1)) - range));

const value = (shape: readonly number[], all: readonly bigint[]): Value => ({ shape, words: all });

/** What every party gets of f, and in how many rounds beside sharing and revealing. */
const compute = async (inputs: readonly Value[], f: (seat: Seat) => Promise<Share>) => {
  const { results, rounds } = await run(inputs, async (seat) => {
    const share = await f(seat);
    const out = (await seat.protocol.reveal(seat.session.op('out'), share))!;
    seat.protocol.dispose(share);
    const got = out.toBigInts();
    out.dispose();
    return got;
  });
  expect(results[1]).toEqual(results[0]);
  return { got: results[0]!, rounds: rounds - 2 };
};

const edges = [0n, 1n, -1n, 2n ** 61n, -(2n ** 61n), 5n, 5n, -(2n ** 40n)];
const [x, y] = [
  value(
    [8, 8],
    edges.flatMap((a) => edges.map(() => a)),
  ),
  value(
    [8, 8],
    edges.flatMap(() => edges),
  ),
];

const comparisons = { lt, le, gt, ge, eq, ne };
const meanings: Readonly<Record<keyof typeof comparisons, (a: bigint, b: bigint) => boolean>> = {
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
};

it.each(Object.keys(comparisons) as (keyof typeof comparisons)[])(
  '%s is what it says, of secrets and with public words',
  async (name) => {
    const f = comparisons[name];
    const secret = await compute([x, y], ({ protocol, session, xs: [a, b] }) =>
      f(protocol, session.op('f'), a!, b!),
    );
    expect(secret.got).toEqual(x.words.map((a, i) => BigInt(meanings[name](a, y.words[i]!))));
    expect(secret.rounds).toBe(5);
    const open = await compute([x], ({ protocol, session, xs: [a] }) => f(protocol, session.op('f'), a!, 5n));
    expect(open.got).toEqual(x.words.map((a) => BigInt(meanings[name](a, 5n))));
  },
);

it('selects, and finds the smaller and the larger', async () => {
  const max = (a: bigint, b: bigint) => (a > b ? a : b);
  const larger = await compute([x, y], ({ protocol, session, xs: [a, b] }) =>
    maximum(protocol, session.op('f'), a!, b!),
  );
  expect(larger.got).toEqual(x.words.map((a, i) => max(a, y.words[i]!)));
  expect(larger.rounds).toBe(6);
  const smaller = await compute([x, y], ({ protocol, session, xs: [a, b] }) =>
    minimum(protocol, session.op('f'), a!, b!),
  );
  expect(smaller.got).toEqual(x.words.map((a, i) => -max(-a, -y.words[i]!)));
  const positive = await compute([x], ({ protocol, session, xs: [a] }) =>
    relu(protocol, session.op('f'), a!),
  );
  expect(positive.got).toEqual(x.words.map((a) => max(a, 0n)));
  expect(positive.rounds).toBeLessThanOrEqual(6);
  const bits = value(
    [8, 8],
    x.words.map((_, i) => BigInt(i % 2)),
  );
  const chosen = await compute([x, y, bits], ({ protocol, session, xs: [a, b, c] }) =>
    select(protocol, session.op('f'), c!, a!, b!),
  );
  expect(chosen.got).toEqual(x.words.map((a, i) => (i % 2 === 1 ? a : y.words[i]!)));
});

it.each([1, 2, 3, 7, 10, 16, 17, 40])(
  'finds the largest of %d values, the first of equal ones, and sorts',
  async (length) => {
    const all = value([6, length], words(6 * length, 4));
    const rows = Array.from({ length: 6 }, (_, i) => all.words.slice(i * length, (i + 1) * length));
    const top = rows.map((row) => row.toSorted((a, b) => Number(b - a))[0]!);
    const largest = await compute([all], ({ protocol, session, xs: [a] }) =>
      reduceMax(protocol, session.op('f'), a!),
    );
    expect(largest.got).toEqual(top);
    const k = Math.min(3, length);
    const sorted = await compute([all], async ({ protocol, session, xs: [a] }) => {
      const { values, places } = await topK(protocol, session.op('f'), a!, k);
      protocol.dispose(places);
      return values;
    });
    expect(sorted.got).toEqual(rows.flatMap((row) => row.toSorted((a, b) => (a > b ? -1 : 1)).slice(0, k)));
    if (length > 16) return;
    const marks = await compute([all], ({ protocol, session, xs: [a] }) =>
      argmax(protocol, session.op('f'), a!),
    );
    expect(marks.got).toEqual(
      rows.flatMap((row, i) => row.map((_, j) => BigInt(j === row.indexOf(top[i]!)))),
    );
  },
);

const nothing = async () => {};
type Call = (seat: Seat) => Promise<unknown>;

it.each([1, 130])('costs what is declared, of %d elements', async (n) => {
  const [a, b, bits] = [words(n, 9), words(n, 9, 31), words(n, 0)].map((all) => value([n], all)) as [
    Value,
    Value,
    Value,
  ];
  const two =
    (f: typeof lt): Call =>
    ({ protocol, session, xs: [x, y] }) =>
      f(protocol, session.op('f'), x!, y!);
  for (const f of [lt, le, gt, ge])
    expect(await costOf([a, b], nothing, two(f))).toEqual(orderCost.compare(n));
  for (const f of [eq, ne]) expect(await costOf([a, b], nothing, two(f))).toEqual(orderCost.equal(n));
  const ends: Call[] = [
    ({ protocol, session, xs: [x, y] }) => minimum(protocol, session.op('f'), x!, y!),
    ({ protocol, session, xs: [x, y] }) => maximum(protocol, session.op('f'), x!, y!),
    ({ protocol, session, xs: [x] }) => relu(protocol, session.op('f'), x!),
  ];
  for (const call of ends) expect(await costOf([a, b], nothing, call)).toEqual(orderCost.extreme(n));
  const choose: Call = ({ protocol, session, xs: [x, y, c] }) =>
    select(protocol, session.op('f'), c!, x!, y!);
  expect(await costOf([a, b, bits], nothing, choose)).toEqual(orderCost.select(n));
});

it.each([1, 2, 3, 8, 10, 16])('costs what is declared along %d values', async (length) => {
  const rows = 6;
  const all = [value([rows, length], words(rows * length, 9))];
  const of =
    (f: typeof argmax): Call =>
    ({ protocol, session, xs: [x] }) =>
      f(protocol, session.op('f'), x!);
  expect(await costOf(all, nothing, of(reduceMax))).toEqual(orderCost.reduceMax(rows, length));
  expect(await costOf(all, nothing, of(argmax))).toEqual(orderCost.argmax(rows, length));
  const top: Call = ({ protocol, session, xs: [x] }) => topK(protocol, session.op('f'), x!, 1);
  expect(await costOf(all, nothing, top)).toEqual(orderCost.topK(rows, length, 1));
});

it('compares and rectifies within the bars, a million at a time', () => {
  const average = ({ bytes }: Cost) => bytes.reduce((a, b) => a + b, 0) / 3 / 1_000_000;
  expect(average(orderCost.compare(1_000_000))).toBeLessThan(26);
  expect(orderCost.compare(1_000_000).rounds).toBeLessThanOrEqual(8);
  expect(orderCost.extreme(1_000_000).rounds).toBeLessThanOrEqual(10);
});

it('gives all memory back', async () => {
  const before = memory.liveBytes;
  await compute([value([3, 40], words(120, 9))], ({ protocol, session, xs: [a] }) =>
    reduceMax(protocol, session.op('f'), a!),
  );
  await compute([x, y], ({ protocol, session, xs: [a, b] }) => ge(protocol, session.op('f'), a!, b!));
  expect(memory.liveBytes).toBe(before);
});

it('refuses what has no order', async () => {
  const scalar = value([], [1n]);
  await expect(
    compute([scalar], ({ protocol, session, xs: [a] }) => reduceMax(protocol, session.op('f'), a!)),
  ).rejects.toThrow(/last axis/);
  const three = value([3], [1n, 2n, 3n]);
  await expect(
    compute(
      [three],
      async ({ protocol, session, xs: [a] }) => (await topK(protocol, session.op('f'), a!, 4)).values,
    ),
  ).rejects.toThrow(/4 values are not from 1 to 3/);
});
