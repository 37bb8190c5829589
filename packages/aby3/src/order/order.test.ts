import { plain, simulate } from '@triad/protocol';
import { memory, Tensor } from '@triad/ring';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { larger, word } from '../fixture/order.js';
import { open, run, type Seat, type Value } from '../fixture/run.js';
import { eq, ge, gt, le, lt, maximum, minimum, ne, relu, select } from './order.js';

const vector = (words: readonly bigint[]): Value => ({ shape: [words.length], words });

const comparisons = { lt, le, gt, ge, eq, ne };
type Name = keyof typeof comparisons;
const names = Object.keys(comparisons) as Name[];

const meanings: Readonly<Record<Name, (a: bigint, b: bigint) => boolean>> = {
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
};

/** What all comparisons say of x and what `right` gives, by name. */
const compareAll = async (
  inputs: readonly Value[],
  right: (seat: Seat) => Seat['xs'][number] | bigint | Tensor,
) => {
  const { results } = await run(inputs, async (seat) => {
    const y = right(seat);
    const results = await Promise.all(
      names.map(async (name, i) => {
        const bits = await comparisons[name](seat.protocol, seat.session.op(name), seat.xs[0]!, y);
        return [name, await open(seat, bits, i)] as const;
      }),
    );
    if (y instanceof Tensor) y.dispose();
    return Object.fromEntries(results);
  });
  expect(results[1]).toEqual(results[0]);
  return results[0]!;
};

const expected = (pairs: readonly (readonly [bigint, bigint])[]) =>
  Object.fromEntries(names.map((name) => [name, pairs.map(([a, b]) => BigInt(meanings[name](a, b)))]));

const pairsOfWords = fc.array(fc.tuple(word, fc.oneof(word, fc.constant(undefined))), {
  minLength: 1,
  maxLength: 300,
});

it('compares any two secrets, and a secret with public words', async () => {
  await fc.assert(
    fc.asyncProperty(pairsOfWords, word, async (drawn, single) => {
      const pairs = drawn.map(([a, b]) => [a, b ?? a] as const);
      const [x, y] = [vector(pairs.map(([a]) => a)), vector(pairs.map(([, b]) => b))];
      expect(await compareAll([x, y], ({ xs }) => xs[1]!)).toEqual(expected(pairs));
      expect(await compareAll([x], () => Tensor.from(y.shape, y.words))).toEqual(expected(pairs));
      expect(await compareAll([x], () => single)).toEqual(expected(x.words.map((a) => [a, single])));
    }),
    { numRuns: 25, seed: 3 },
  );
});

it('compares words at the ends of the range', async () => {
  const [low, high] = [-(2n ** 63n), 2n ** 63n - 1n];
  const pairs = [
    [high, high],
    [low, low],
    [high, 0n],
    [high - 1n, high],
    [low + 1n, low],
    [low + 1n, 0n],
    [0n, high],
    [-1n, low],
  ] as const;
  const [x, y] = [vector(pairs.map(([a]) => a)), vector(pairs.map(([, b]) => b))];
  expect(await compareAll([x, y], ({ xs }) => xs[1]!)).toEqual(expected(pairs));
  expect(await compareAll([x], () => Tensor.from(y.shape, y.words))).toEqual(expected(pairs));
  expect(await compareAll([vector([high, high - 1n])], () => high)).toEqual(
    expected([
      [high, high],
      [high - 1n, high],
    ]),
  );
  expect(await compareAll([vector([low, low + 1n])], () => low)).toEqual(
    expected([
      [low, low],
      [low + 1n, low],
    ]),
  );
});

const column: Value = { shape: [3, 1], words: [-1n, 5n, 7n] };
const row: Value = { shape: [4], words: [5n, -2n, 9n, 7n] };
const grid = column.words.flatMap((a) => row.words.map((b) => [a, b] as const));

it('broadcasts', async () => {
  expect(await compareAll([column, row], ({ xs }) => xs[1]!)).toEqual(expected(grid));
  expect(await compareAll([column], () => Tensor.from(row.shape, row.words))).toEqual(expected(grid));
  const { results } = await run([column, row], async (seat) => {
    const { protocol, session, xs } = seat;
    const [x, y] = [xs[0]!, xs[1]!];
    const all = await Promise.all([
      minimum(protocol, session.op('min'), x, y),
      maximum(protocol, session.op('max'), x, y),
    ]);
    const less = await lt(protocol, session.op('lt'), x, row.words[0]!);
    const chosen = await select(protocol, session.op('select'), less, [y, x]);
    protocol.dispose(less);
    for (const share of [...all, chosen]) expect(protocol.shape(share)).toEqual([3, 4]);
    return Promise.all([...all, chosen].map((share, i) => open(seat, share, i)));
  });
  expect(results[0]).toEqual([
    grid.map(([a, b]) => -larger(-a, -b)),
    grid.map(([a, b]) => larger(a, b)),
    grid.map(([a, b]) => (a < 5n ? b : a)),
  ]);
});

it('selects, and finds the smaller, the larger and the positive of any words', async () => {
  const rows = fc.array(fc.tuple(word, word, fc.boolean()), { minLength: 1, maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(rows, async (drawn) => {
      const x = vector(drawn.map(([a]) => a));
      const y = vector(drawn.map(([, b]) => b));
      const bits = vector(drawn.map(([, , c]) => BigInt(c)));
      const { results } = await run([x, y, bits], async (seat) => {
        const { protocol, session, xs } = seat;
        const [a, b, c] = [xs[0]!, xs[1]!, xs[2]!];
        const all = await Promise.all([
          select(protocol, session.op('select'), c, [a, b]),
          minimum(protocol, session.op('min'), a, b),
          maximum(protocol, session.op('max'), a, b),
          relu(protocol, session.op('relu'), a),
        ]);
        return Promise.all(all.map((share, i) => open(seat, share, i)));
      });
      expect(results[2]).toEqual([
        drawn.map(([a, b, c]) => (c ? a : b)),
        drawn.map(([a, b]) => -larger(-a, -b)),
        drawn.map(([a, b]) => larger(a, b)),
        drawn.map(([a]) => larger(a, 0n)),
      ]);
    }),
    { numRuns: 25, seed: 4 },
  );
});

it('gives the operands and all memory between back', async () => {
  const before = memory.liveBytes;
  await compareAll([column, row], ({ xs }) => xs[1]!);
  await compareAll([column], () => Tensor.from(row.shape, row.words));
  await compareAll([column], () => 5n);
  await run([column, row], async ({ protocol, session, xs }) => {
    const [x, y] = [xs[0]!, xs[1]!];
    const less = await lt(protocol, session.op('lt'), x, y);
    const all = await Promise.all([
      select(protocol, session.op('select'), less, [x, y]),
      minimum(protocol, session.op('min'), x, y),
      maximum(protocol, session.op('max'), x, y),
      relu(protocol, session.op('relu'), x),
    ]);
    for (const share of [less, ...all]) protocol.dispose(share);
  });
  expect(memory.liveBytes).toBe(before);
});

it('refuses public numbers that are no words, and shapes that do not broadcast', async () => {
  await expect(compareAll([row], () => 2n ** 63n)).rejects.toMatchObject({ code: 'bad-argument' });
  await expect(compareAll([row], () => Tensor.zeros([3]))).rejects.toThrow(/do not broadcast/);
  await expect(compareAll([row, { shape: [3], words: [1n, 2n, 3n] }], ({ xs }) => xs[1]!)).rejects.toThrow(
    /do not broadcast/,
  );
});

it('runs on other protocols that can compare, and says when one cannot', async () => {
  const { results } = await simulate(plain(), async ({ session, protocol }) => {
    const x = await protocol.share(session.op('x'), 0, Tensor.from([3], [-4n, 0n, 4n]));
    const positive = await relu(protocol, session.op('relu'), x);
    const without: typeof protocol = Object.create(protocol, { below: { value: undefined } });
    await expect(lt(without, session.op('lt'), x, x)).rejects.toThrow(/'plain' cannot compare/);
    return positive.toBigInts();
  });
  expect(results[0]).toEqual([0n, 0n, 4n]);
});
