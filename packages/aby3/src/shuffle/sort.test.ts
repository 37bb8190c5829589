import type { Cost } from '@triad/protocol';
import { memory } from '@triad/ring';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aby3 } from '../aby3.js';
import { costOf, open, run, type Seat, type Value } from '../fixture/run.js';
import { chiSquare, chiSquareBound, words } from '../fixture/sample.js';
import { lastLevel, orderRows } from './order.js';
import { shuffleCost } from './permute.js';
import { type Sorter, sort } from './sort.js';

const column = (all: readonly bigint[]): Value => ({ shape: [all.length], words: all });
const indices = (count: number): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i));

/** The rows by key, then by number: what a stable sort gives. */
const sortedRows = (keys: readonly bigint[]): bigint[] =>
  indices(keys.length).sort((i, j) => {
    const [a, b] = [keys[Number(i)]!, keys[Number(j)]!];
    return a < b ? -1 : a > b ? 1 : Number(i - j);
  });

const sorted = async (keys: readonly bigint[]): Promise<bigint[][]> => {
  const { results } = await run([column(keys), column(indices(keys.length))], async (seat) => {
    const [key, index] = seat.xs as [Seat['xs'][0], Seat['xs'][0]];
    const out = await sort(seat, seat.session.op('sort'), key, [key, index]);
    return Promise.all(out.map((share, i) => open(seat, share, i)));
  });
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
  return results[0]!;
};

/** Counts the comparisons of each level and keeps what they show. */
const watched = ({ session, protocol }: Seat, seen: bigint[][]): Sorter => ({
  session,
  protocol: {
    linear: (...args) => protocol.linear(...args),
    addPublic: (...args) => protocol.addPublic(...args),
    below: (...args) => protocol.below!(...args),
    reveal: async (...args) => {
      const out = await protocol.reveal(...args);
      seen.push(out!.toBigInts());
      return out;
    },
  },
});

describe('sorting', () => {
  it('equals a stable sort of the plain rows', async () => {
    const before = memory.liveBytes;
    const key = fc.oneof(fc.bigInt({ min: -3n, max: 3n }), fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }));
    await fc.assert(
      fc.asyncProperty(fc.array(key, { maxLength: 100 }), async (keys) => {
        const order = sortedRows(keys);
        expect(await sorted(keys)).toEqual([order.map((i) => keys[Number(i)]!), order]);
      }),
      { numRuns: 25 },
    );
    expect(memory.liveBytes).toBe(before);
  });

  it('takes keys up to 2^61 / rows', async () => {
    const limit = 2n ** 61n / 4n - 1n;
    const keys = [limit, -limit, limit, -limit];
    expect((await sorted(keys))[1]).toEqual([1n, 3n, 0n, 2n]);
  });

  it('of a thousand rows takes several levels', async () => {
    const keys = words(3, 1000).map((word) => word >> 20n);
    expect((await sorted(keys))[1]).toEqual(sortedRows(keys));
  });

  it('refuses keys of several numbers and tables of other lengths', async () => {
    const wide = run([{ shape: [2, 2], words: words(1, 4) }], (seat) =>
      sort(seat, seat.session.op('sort'), seat.xs[0]!, []),
    );
    await expect(wide).rejects.toMatchObject({ code: 'bad-argument' });
    const uneven = run([column([1n, 2n]), column([1n])], (seat) =>
      sort(seat, seat.session.op('sort'), seat.xs[0]!, [seat.xs[1]!]),
    );
    await expect(uneven).rejects.toMatchObject({ code: 'bad-argument' });
  });
});

describe('what sorting shows', () => {
  /** How often each set of answers is seen for four rows. */
  const answers = async (keys: readonly bigint[], samples: number): Promise<Map<string, number>> => {
    const { results } = await run([column(keys)], (seat) =>
      Promise.all(
        Array.from({ length: samples }, async (_, i) => {
          const seen: bigint[][] = [];
          await sort(watched(seat, seen), seat.session.op('sort', i), seat.xs[0]!, []);
          return seen.join();
        }),
      ),
    );
    const counts = new Map<string, number>();
    for (const each of results[0]!) counts.set(each, (counts.get(each) ?? 0) + 1);
    return counts;
  };

  it.each([
    ['distinct', [3n, 1n, 2n, 4n]],
    ['sorted', [1n, 2n, 3n, 4n]],
    ['equal', [5n, 5n, 5n, 5n]],
    ['partly equal', [5n, 1n, 5n, 1n]],
  ])('of %s keys is any order of four rows alike', async (_, keys) => {
    const counts = await answers(keys, 4800);
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()])).toBeLessThan(chiSquareBound(23));
  });

  it('costs a shuffle, and a comparison and an opening a level', async () => {
    const { cost } = aby3();
    for (const rows of [2, 32, 200]) {
      const seen: bigint[][] = [];
      const took = await costOf(
        [column(words(rows, rows).map((word) => word >> 20n)), column(indices(rows))],
        async (seat) => watched(seat, seat.rank === 0 ? seen : []),
        (seat, sorter) => sort(sorter, seat.session.op('sort'), seat.xs[0]!, [seat.xs[1]!]),
      );
      const levels = seen.flatMap(({ length: n }) => [cost.below!(n, 1, n), cost.reveal(n, 'all')]);
      const { rounds, bytes } = [shuffleCost(rows, 2), ...levels].reduce(sum);
      expect(took.bytes).toEqual(bytes);
      // Party 0 deals for the first comparisons while the others still shuffle; later levels may overlap, too.
      expect(took.rounds).toBeLessThan(rounds);
      if (rows > 32) continue;
      expect(took.rounds).toBe(7);
      expect(seen.map(({ length }) => length)).toEqual([(rows * (rows - 1)) / 2]);
    }
  });
});

const sum = (x: Cost, y: Cost): Cost => ({
  rounds: x.rounds + y.rounds,
  bytes: x.bytes.map((n, r) => n + y.bytes[r]!),
});

describe('ordering', () => {
  const byNumber = async (left: Uint32Array, right: Uint32Array) =>
    Uint8Array.from(left, (l, i) => (l < right[i]! ? 1 : 0));

  it('ends on rows that are in order already, at the last level', async () => {
    let levels = 0;
    const order = await orderRows(400, (left, right, level) => {
      levels = level;
      return byNumber(left, right);
    });
    expect([...order]).toEqual(Array.from({ length: 400 }, (_, i) => i));
    expect(levels).toBe(lastLevel);
  });

  it('gives some order whatever the answers are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(200),
        fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
        async (rows, bits) => {
          const order = await orderRows(rows, async (left) => Uint8Array.from(left, () => bits.next().value));
          expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
        },
      ),
      { numRuns: 20 },
    );
  });
});
