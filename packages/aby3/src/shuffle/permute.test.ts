import { memory, size } from '@triad/ring';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, open, run, type Seat, type Value } from '../fixture/run.js';
import { chiSquare, chiSquareBound, words } from '../fixture/sample.js';
import { secretPermutation } from './permutation.js';
import { permute, permuteBack, shuffle, shuffleCost } from './permute.js';

const value = (shape: readonly number[], seed: number): Value => ({ shape, words: words(seed, size(shape)) });

/** Columns of one number of rows, each row of its own extents. */
const table = fc
  .tuple(
    fc.integer({ min: 0, max: 40 }),
    fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }), { minLength: 1, maxLength: 3 }),
  )
  .map(([rows, columns]) => columns.map((extents, i) => value([rows, ...extents], i + 1)));

/** The rows as text, all columns of each. */
const rowsOf = (columns: readonly Value[]): string[] => {
  const rows = columns[0]!.shape[0]!;
  return Array.from({ length: rows }, (_, i) =>
    columns
      .map(({ words: all }) => all.slice((i * all.length) / rows, ((i + 1) * all.length) / rows))
      .join(';'),
  );
};

const openAll = async (seat: Seat, shares: Awaited<ReturnType<typeof shuffle>>): Promise<Value[]> => {
  const shapes = shares.map(({ a }) => a.shape);
  const opened = await Promise.all(shares.map((share, i) => open(seat, share, i)));
  return opened.map((all, i) => ({ shape: shapes[i]!, words: all }));
};

describe('a shuffle', () => {
  it('keeps rows together, loses and makes none, and gives memory back', async () => {
    const before = memory.liveBytes;
    await fc.assert(
      fc.asyncProperty(table, async (columns) => {
        const { results } = await run(columns, async (seat) =>
          openAll(seat, await shuffle(seat.session, seat.session.op('shuffle'), seat.xs)),
        );
        for (const each of results) {
          expect(each).toEqual(results[0]);
          expect(each.map(({ shape }) => shape)).toEqual(columns.map(({ shape }) => shape));
          expect(rowsOf(each).sort()).toEqual(rowsOf(columns).sort());
        }
      }),
      { numRuns: 20 },
    );
    expect(memory.liveBytes).toBe(before);
  });

  it('gives every order alike', async () => {
    const rows = 4;
    const samples = 12_000;
    const { results } = await run([{ shape: [rows], words: [0n, 1n, 2n, 3n] }], (seat) =>
      Promise.all(
        Array.from({ length: samples }, async (_, i) => {
          const [x] = await shuffle(seat.session, seat.session.op('shuffle', i), seat.xs);
          return (await open(seat, x!, i)).join('');
        }),
      ),
    );
    const counts = new Map<string, number>();
    for (const order of results[0]!) counts.set(order, (counts.get(order) ?? 0) + 1);
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()])).toBeLessThan(chiSquareBound(23));
  });

  it('is another one in every op and session', async () => {
    const column = value([30], 1);
    const orders = async (seed: number) => {
      const { results } = await run(
        [column],
        (seat) =>
          Promise.all(
            [0, 1].map(async (i) => {
              const [x] = await shuffle(seat.session, seat.session.op('shuffle', i), seat.xs);
              return (await open(seat, x!, i)).join();
            }),
          ),
        { seed },
      );
      return results[0]!;
    };
    expect(new Set([...(await orders(1)), ...(await orders(2))]).size).toBe(4);
    expect(await orders(1)).toEqual(await orders(1));
  });

  it.each([
    [1, 1],
    [7, 1],
    [10, 3],
  ])('of %i rows of %i words costs what is declared', async (rows, count) => {
    const columns = Array.from({ length: count }, (_, i) => value([rows], i));
    const nothing = async () => {};
    const cost = await costOf(columns, nothing, ({ session, xs }) => shuffle(session, session.op('x'), xs));
    expect(cost).toEqual(shuffleCost(rows, count));
    expect(cost.rounds).toBeLessThanOrEqual(3);
    const both = await costOf(columns, nothing, async ({ session, xs }) => {
      const p = secretPermutation(session, session.op('p'), rows);
      await permuteBack(session, session.op('x'), p, xs);
    });
    expect(both).toEqual(shuffleCost(rows, count));
  });

  it('refuses columns of different lengths, scalars, and none', async () => {
    for (const columns of [[value([3], 1), value([4], 2)], [value([], 1)], []]) {
      const shuffled = run(columns, ({ session, xs }) => shuffle(session, session.op('shuffle'), xs));
      await expect(shuffled).rejects.toMatchObject({ code: 'bad-argument' });
    }
  });
});

describe('a secret permutation', () => {
  it('orders tables alike, and is undone', async () => {
    const before = memory.liveBytes;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 50 }), async (rows) => {
        const columns = [value([rows, 2], 1), value([rows], 2)];
        const { results } = await run(columns, async (seat) => {
          const { session, protocol, xs } = seat;
          const p = secretPermutation(session, session.op('p'), rows);
          const [first] = await permute(session, session.op('first'), p, [xs[0]!]);
          const [second] = await permute(session, session.op('second'), p, [xs[1]!]);
          const back = await permuteBack(session, session.op('back'), p, [first!, second!]);
          p.dispose();
          const seen = await openAll(seat, [first!, second!, ...back]);
          expect(protocol.shape(xs[0]!)).toEqual([rows, 2]);
          return seen;
        });
        for (const [first, second, ...back] of results) {
          expect(rowsOf([first!, second!]).sort()).toEqual(rowsOf(columns).sort());
          expect(back).toEqual(columns);
        }
      }),
      { numRuns: 20 },
    );
    expect(memory.liveBytes).toBe(before);
  });

  it('is known to each pair in part: no party holds all three', async () => {
    const { results } = await run([], async ({ session, rank }) => {
      const p = secretPermutation(session, session.op('p'), 20);
      const known = [0, 1, 2].filter((peer) => peer !== rank).map((peer) => p.with(peer).toBigInts().join());
      p.dispose();
      return known;
    });
    const [zero, one, two] = results.map((known) => new Set(known));
    for (const set of [zero!, one!, two!]) expect(set.size).toBe(2);
    expect(new Set([...zero!, ...one!, ...two!]).size).toBe(3);
    expect([...zero!].filter((p) => one!.has(p) && two!.has(p))).toEqual([]);
  });

  it('is of three parts, each of them any order alike', async () => {
    const { results } = await run([], async ({ session, rank }) => {
      const counts = new Map<string, number>();
      for (let i = 0; i < 24_000; i++) {
        const p = secretPermutation(session, session.step(i).op(0), 5);
        const part = p
          .with((rank + 1) % 3)
          .toBigInts()
          .join('');
        counts.set(part, (counts.get(part) ?? 0) + 1);
        p.dispose();
        session.step(i).close();
      }
      return [...counts.values()];
    });
    for (const counts of results) {
      expect(counts).toHaveLength(120);
      expect(chiSquare(counts)).toBeLessThan(chiSquareBound(119));
    }
  });

  it('of many rows puts every row anywhere alike', async () => {
    const rows = 1000;
    const counts = new Array<number>(rows).fill(0);
    await run([], async ({ session, rank }) => {
      for (let i = 0; i < 3000; i++) {
        const p = secretPermutation(session, session.op('p', i), rows);
        const part = p.with((rank + 1) % 3).toBigInts();
        expect(new Set(part).size).toBe(rows);
        for (const place of [0, 499, 999]) counts[Number(part[place])]!++;
        p.dispose();
      }
    });
    expect(chiSquare(counts)).toBeLessThan(chiSquareBound(rows - 1));
  });

  it('takes tables of its own number of rows, and refuses impossible numbers', async () => {
    const wrong = run([value([3], 1)], async ({ session, xs }) => {
      const p = secretPermutation(session, session.op('p'), 4);
      await permute(session, session.op('x'), p, xs);
    });
    await expect(wrong).rejects.toMatchObject({ code: 'bad-argument' });
    for (const rows of [-1, 1.5, 2 ** 31]) {
      const impossible = run([], async ({ session }) => secretPermutation(session, session.op('p'), rows));
      await expect(impossible).rejects.toMatchObject({ code: 'bad-argument' });
    }
  });
});
