import type { Cost } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { costOf, type Seat, type Value } from '../fixture/run.js';
import { orderCost } from './cost.js';
import { argmax, reduceMax } from './extremum.js';
import { eq, ge, gt, le, lt, maximum, minimum, ne, relu, select } from './order.js';
import { rank, topK } from './top.js';

const words = (count: number, speed: number): bigint[] =>
  Array.from({ length: count }, (_, i) => BigInt(((i * speed) % 19) - 9));

const vector = (n: number, speed: number): Value => ({ shape: [n], words: words(n, speed) });

type Call = (seat: Seat) => Promise<unknown>;
const nothing = async () => {};

describe.each([1, 130])('of %d elements', (n) => {
  const inputs = [vector(n, 7), vector(n, 31), { shape: [n], words: words(n, 0).map(() => 1n) }];
  const calls: readonly (readonly [string, Cost, Call])[] = [
    ...Object.entries({ lt, le, gt, ge }).map(
      ([name, f]) =>
        [
          name,
          orderCost.compare(n),
          ({ protocol, session, xs }: Seat) => f(protocol, session.op('f'), xs[0]!, xs[1]!),
        ] as const,
    ),
    ...Object.entries({ eq, ne }).map(
      ([name, f]) =>
        [
          name,
          orderCost.equal(n),
          ({ protocol, session, xs }: Seat) => f(protocol, session.op('f'), xs[0]!, xs[1]!),
        ] as const,
    ),
    ...Object.entries({ minimum, maximum }).map(
      ([name, f]) =>
        [
          name,
          orderCost.extreme(n),
          ({ protocol, session, xs }: Seat) => f(protocol, session.op('f'), xs[0]!, xs[1]!),
        ] as const,
    ),
    [
      'a comparison with a public word',
      orderCost.compare(n),
      ({ protocol, session, xs }) => lt(protocol, session.op('f'), xs[0]!, 3n),
    ],
    ['relu', orderCost.extreme(n), ({ protocol, session, xs }) => relu(protocol, session.op('f'), xs[0]!)],
    [
      'select',
      orderCost.select(n),
      ({ protocol, session, xs }) => select(protocol, session.op('f'), xs[2]!, [xs[0]!, xs[1]!]),
    ],
  ];
  it.each(calls)('%s costs what is declared', async (_, declared, call) => {
    expect(await costOf(inputs, nothing, call)).toEqual(declared);
  });
});

describe.each([1, 2, 3, 8, 9, 10, 16, 17, 24, 25, 40, 260])('along %d values', (n) => {
  const m = 3;
  const inputs: Value[] = [{ shape: [m, n], words: words(m * n, 7) }];
  const cost = (call: Call) => costOf(inputs, nothing, call);

  it.each([
    ['reduceMax', orderCost.reduceMax(m, n), reduceMax],
    ['argmax', orderCost.argmax(m, n), argmax],
  ] as const)('%s costs what is declared', async (_, declared, f) => {
    const { rounds, bytes } = await cost(({ protocol, session, xs }) => f(protocol, session.op('f'), xs[0]!));
    expect(bytes).toEqual(declared.bytes);
    // Where a level follows another, a party may be one round ahead.
    const levels = n <= 16 ? 1 : n <= 256 ? 2 : 3;
    expect(rounds).toBeLessThanOrEqual(declared.rounds);
    expect(rounds).toBeGreaterThan(declared.rounds - levels);
  });

  it.runIf(n <= 40)('rank and topK cost what is declared', async () => {
    const ranked = await cost(({ protocol, session, xs }) => rank(protocol, session.op('f'), xs[0]!));
    expect(ranked).toEqual(orderCost.rank(m, n));
    for (const k of [1, Math.ceil(n / 2)]) {
      const top = await cost(({ protocol, session, xs }) => topK(protocol, session.op('f'), xs[0]!, k));
      expect(top).toEqual(orderCost.topK(m, n, k));
    }
  });
});

it('compares and rectifies a million words within 26 bytes a party, 8 and 10 rounds', async () => {
  const n = 1_000_000;
  const inputs = [vector(n, 7), vector(n, 31)];
  const average = ({ bytes }: Cost) => bytes.reduce((a, b) => a + b, 0) / 3 / n;
  const less = await costOf(inputs, nothing, ({ protocol, session, xs }) =>
    lt(protocol, session.op('f'), xs[0]!, xs[1]!),
  );
  expect(less).toEqual(orderCost.compare(n));
  expect(less.rounds).toBeLessThanOrEqual(8);
  expect(average(less)).toBeLessThan(26);
  const positive = await costOf(inputs.slice(0, 1), nothing, ({ protocol, session, xs }) =>
    relu(protocol, session.op('f'), xs[0]!),
  );
  expect(positive).toEqual(orderCost.extreme(n));
  expect(positive.rounds).toBeLessThanOrEqual(10);
}, 60_000);
