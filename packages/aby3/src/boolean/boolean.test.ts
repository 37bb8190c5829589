import { memory, size, Tensor } from '@triad/ring';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, open, run, type Seat, take, type Value } from '../fixture/run.js';
import { words } from '../fixture/sample.js';
import { booleanCost as cost } from './cost.js';
import type { BooleanShare } from './share.js';

const word = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const shape = fc.oneof(
  fc.constantFrom<number[]>([], [1], [64], [65], [130], [0]),
  fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
);
/** Two values of one shape. */
const pair = shape.chain((extents) => {
  const count = size(extents);
  const value = fc
    .array(word, { minLength: count, maxLength: count })
    .map((all): Value => ({ shape: extents, words: all }));
  return fc.tuple(value, value);
});
const widths = fc.integer({ min: 1, max: 64 });
const runs = { numRuns: 12 };

const signed = (x: bigint) => BigInt.asIntN(64, x);
const low = (bits: number) => (x: bigint) => BigInt.asUintN(bits, x);

/** Bits of x from party 1 and of y from party 2. */
const shared = async (
  { session, rank, bits }: Seat,
  values: readonly Value[],
  count = 64,
): Promise<BooleanShare[]> =>
  Promise.all(
    values.map(async (value, i) => {
      const owner = (i + 1) % 3;
      if (rank !== owner) return bits.share(session.op('bits', i), owner, value.shape, count);
      const x = Tensor.from(value.shape, value.words);
      const share = await bits.share(session.op('bits', i), owner, x, count);
      x.dispose();
      return share;
    }),
  );

type Compute = (seat: Seat, x: BooleanShare, y: BooleanShare) => Promise<BooleanShare> | BooleanShare;

/** What all parties see of a result on bits; memory must balance. */
const result = async (values: readonly [Value, Value], count: number, compute: Compute) => {
  const before = memory.liveBytes;
  const { results } = await run([], async (seat) => {
    const [x, y] = (await shared(seat, values, count)) as [BooleanShare, BooleanShare];
    const z = await compute(seat, x, y);
    const out = take(await seat.bits.reveal(seat.session.op('out'), z));
    for (const share of [x, y, z]) seat.bits.dispose(share);
    return out;
  });
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
  expect(memory.liveBytes).toBe(before);
  return results[0]!;
};

const op = ({ session }: Seat) => session.op('call');

const prefixOr = (x: bigint, count: number): bigint => {
  let out = low(count)(x);
  for (let j = 1n; j < 64n; j *= 2n) out |= out >> j;
  return out;
};

const arithmeticShift = (x: bigint, by: number, count: number): bigint =>
  low(count)(BigInt.asIntN(count, x) >> BigInt(by));

const local: [string, Compute, (x: bigint, y: bigint, count: number) => bigint][] = [
  ['xor', ({ bits }, x, y) => bits.xor(x, y), (x, y) => x ^ y],
  ['not', ({ bits }, x) => bits.not(x), (x) => ~x],
];

const interactive: typeof local = [
  ['and', (seat, x, y) => seat.bits.and(op(seat), x, y), (x, y) => x & y],
  ['or', (seat, x, y) => seat.bits.or(op(seat), x, y), (x, y) => x | y],
  ['addition', (seat, x, y) => seat.bits.add(op(seat), x, y), (x, y) => x + y],
  ['prefix-or', (seat, x) => seat.bits.prefixOr(op(seat), x), (x, _, count) => prefixOr(x, count)],
];

describe.each([...local, ...interactive])('%s', (_, compute, expected) => {
  it('equals that of the plain bits, at every width and shape', async () => {
    await fc.assert(
      fc.asyncProperty(pair, widths, async (values, count) => {
        const [x, y] = values;
        const out = await result(values, count, compute);
        const plain = x.words.map((a, i) => signed(low(count)(expected(a, y.words[i]!, count))));
        expect(out).toEqual(plain);
      }),
      runs,
    );
  });
});

describe('shifts and parts', () => {
  it('equal those of the plain bits', async () => {
    await fc.assert(
      fc.asyncProperty(pair, widths, fc.nat(64), async (values, count, distance) => {
        const by = Math.min(distance, count);
        const plain = (f: (x: bigint) => bigint) => values[0].words.map((x) => signed(f(low(count)(x))));
        const left = await result(values, count, ({ bits }, x) => bits.shiftLeft(x, by));
        expect(left).toEqual(plain((x) => low(count)(x << BigInt(by))));
        const right = await result(values, count, ({ bits }, x) => bits.shiftRight(x, by));
        expect(right).toEqual(plain((x) => x >> BigInt(by)));
        if (by === count) return;
        const arithmetic = await result(values, count, ({ bits }, x) => bits.shiftRightArithmetic(x, by));
        expect(arithmetic).toEqual(plain((x) => arithmeticShift(x, by, count)));
        const slice = await result(values, count, ({ bits }, x) => bits.slice(x, by, count));
        expect(slice).toEqual(plain((x) => x >> BigInt(by)));
      }),
      runs,
    );
  });

  it('put parts together again', async () => {
    const values: [Value, Value] = [
      { shape: [70], words: words(1, 70) },
      { shape: [70], words: words(2, 70) },
    ];
    const out = await result(values, 32, ({ bits }, x, y) => bits.concat(x, y));
    expect(out).toEqual(values[0].words.map((x, i) => signed(low(32)(x) | (values[1].words[i]! << 32n))));
  });

  it('let one bit go with all', async () => {
    const values: [Value, Value] = [
      { shape: [70], words: words(1, 70) },
      { shape: [70], words: words(2, 70) },
    ];
    const out = await result(values, 64, async (seat, x, y) => {
      const bit = seat.bits.slice(y, 0, 1);
      const chosen = await seat.bits.and(op(seat), bit, x);
      const flipped = seat.bits.xor(chosen, bit);
      for (const share of [bit, chosen]) seat.bits.dispose(share);
      return flipped;
    });
    expect(out).toEqual(values[0].words.map((x, i) => (values[1].words[i]! & 1n ? ~x : 0n)));
  });
});

describe('conversions', () => {
  it('to bits and back are the identity, over the whole ring', async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ([x]) => {
        const before = memory.liveBytes;
        const { results } = await run([x], async (seat) => {
          const { bits, session, xs } = seat;
          const b = await bits.a2b(session.op('a2b'), xs[0]!);
          const seen = take(await bits.reveal(session.op('bits'), b));
          const back = await bits.b2a(session.op('b2a'), b);
          bits.dispose(b);
          return [seen, await open(seat, back)];
        });
        for (const each of results) expect(each).toEqual([x.words, x.words]);
        expect(memory.liveBytes).toBe(before);
      }),
      runs,
    );
  });

  it('of any width give unsigned numbers', async () => {
    await fc.assert(
      fc.asyncProperty(pair, widths, async ([x, y], count) => {
        const { results } = await run([], async (seat) => {
          const [a, b] = (await shared(seat, [x, y], count)) as [BooleanShare, BooleanShare];
          const number = await seat.bits.b2a(op(seat), a);
          for (const share of [a, b]) seat.bits.dispose(share);
          return open(seat, number);
        });
        for (const each of results) expect(each).toEqual(x.words.map((w) => signed(low(count)(w))));
      }),
      runs,
    );
  });

  it('of every bit give 0 or 1', async () => {
    await fc.assert(
      fc.asyncProperty(pair, widths, async ([x, y], count) => {
        const { results } = await run([], async (seat) => {
          const [a, b] = (await shared(seat, [x, y], count)) as [BooleanShare, BooleanShare];
          const injected = await seat.bits.bitInjection(op(seat), a);
          expect(seat.protocol.shape(injected)).toEqual([count, ...x.shape]);
          for (const share of [a, b]) seat.bits.dispose(share);
          return open(seat, injected);
        });
        const expected = Array.from({ length: count }, (_, j) => x.words.map((w) => (w >> BigInt(j)) & 1n));
        for (const each of results) expect(each).toEqual(expected.flat());
      }),
      runs,
    );
  });

  it('of a bit times a value', async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ([x, y]) => {
        const before = memory.liveBytes;
        const { results } = await run([y], async (seat) => {
          const [bit, other] = (await shared(seat, [x, y], 1)) as [BooleanShare, BooleanShare];
          const product = await seat.bits.multiply(op(seat), bit, seat.xs[0]!);
          for (const share of [bit, other]) seat.bits.dispose(share);
          return open(seat, product);
        });
        for (const each of results) expect(each).toEqual(y.words.map((w, i) => (x.words[i]! & 1n ? w : 0n)));
        expect(memory.liveBytes).toBe(before);
      }),
      runs,
    );
  });

  it('take constants', async () => {
    const { results } = await run([], async ({ bits, session }) => {
      const c = Tensor.from([3], [5, -1, 2 ** 40]);
      const x = bits.constant(c);
      const y = await bits.b2a(session.op('b2a'), x);
      const seen = take(await bits.reveal(session.op('out'), x, 1).then((out) => out ?? Tensor.zeros([3])));
      for (const tensor of [c, x.a, x.b, y.a, y.b]) tensor.dispose();
      return seen;
    });
    expect(results).toEqual([
      [0n, 0n, 0n],
      [5n, -1n, 2n ** 40n],
      [0n, 0n, 0n],
    ]);
  });
});

describe('declared costs', () => {
  const sizes = [1, 64, 100];
  const counts = [1, 2, 33, 34, 64];
  const value = (n: number): Value => ({ shape: [n], words: words(n, n) });

  /** What a call on bits of n elements sends, after they are shared. */
  const sent = (
    n: number,
    count: number,
    call: (seat: Seat, x: BooleanShare, y: BooleanShare) => Promise<unknown>,
  ) =>
    costOf(
      [value(n)],
      (seat) => shared(seat, [value(n), value(n)], count),
      (seat, [x, y]) => call(seat, x!, y!),
    );

  it.each(sizes)('are what %i elements send', async (n) => {
    for (const count of counts) {
      expect(await sent(n, count, (s, x, y) => s.bits.and(op(s), x, y))).toEqual(cost.and(n, count));
      expect(await sent(n, count, (s, x, y) => s.bits.or(op(s), x, y))).toEqual(cost.or(n, count));
      expect(await sent(n, count, (s, x, y) => s.bits.add(op(s), x, y))).toEqual(cost.add(n, count));
      expect(await sent(n, count, (s, x) => s.bits.prefixOr(op(s), x))).toEqual(cost.prefixOr(n, count));
      expect(await sent(n, count, (s, x) => s.bits.b2a(op(s), x))).toEqual(cost.b2a(n, count));
      expect(await sent(n, count, (s, x) => s.bits.bitInjection(op(s), x))).toEqual(
        cost.bitInjection(n, count),
      );
      for (const to of [0, 1, 2, 'all'] as const) {
        expect(await sent(n, count, (s, x) => s.bits.reveal(op(s), x, to))).toEqual(
          cost.reveal(n, to, count),
        );
      }
      for (const owner of [0, 1, 2]) {
        const share = ({ rank, bits, session }: Seat) =>
          bits.share(session.op('call'), owner, rank === owner ? Tensor.zeros([n]) : [n], count);
        expect(await sent(n, count, share)).toEqual(cost.share(n, owner, count));
      }
    }
    const { a2b, multiply } = cost;
    expect(await sent(n, 1, (s) => s.bits.a2b(op(s), s.xs[0]!))).toEqual(a2b(n));
    expect(await sent(n, 1, (s, x) => s.bits.multiply(op(s), x, s.xs[0]!))).toEqual(multiply(n));
  });

  it('of 64 bits are those the README states', () => {
    const planes = (rounds: number, count: number) => ({ rounds, bytes: [8 * count, 8 * count, 8 * count] });
    expect(cost.prefixOr(64)).toEqual(planes(6, 192));
    expect(cost.add(64)).toEqual(planes(7, 373));
    expect(cost.a2b(64)).toEqual(planes(8, 426));
    expect(cost.b2a(1)).toEqual({ rounds: 2, bytes: [8 * 33, 8, 8] });
  });
});

describe('bad calls are refused', () => {
  const three: Value = { shape: [3], words: [1n, 2n, 3n] };
  const refused: [string, (seat: Seat, x: BooleanShare) => unknown][] = [
    ['widths beyond a word', ({ bits, session }) => bits.share(session.op('y'), 0, [3], 65)],
    ['widths of nothing', ({ bits }) => bits.constant(Tensor.from([1], [1]), 0)],
    ['an owner who gives no value', ({ bits, session, rank }) => bits.share(session.op('y'), rank, [3])],
    [
      'values of somebody else',
      ({ bits, session, rank }) => bits.share(session.op('y'), (rank + 1) % 3, Tensor.zeros([3])),
    ],
    ['outside owners', ({ bits, session }) => bits.share(session.op('y'), 3, [3])],
    ['outside receivers', ({ bits, session }, x) => bits.reveal(session.op('y'), x, 3)],
    ['other shapes', ({ bits }, x) => bits.xor(x, bits.constant(Tensor.zeros([4]), 8))],
    ['other widths', ({ bits }, x) => bits.xor(x, bits.constant(Tensor.zeros([3]), 7))],
    ['sums of other widths', ({ bits, session }, x) => bits.add(session.op('y'), x, bits.slice(x, 0, 1))],
    ['bits that are not there', ({ bits }, x) => bits.slice(x, 4, 9)],
    ['no bits', ({ bits }, x) => bits.slice(x, 4, 4)],
    ['shifts beyond the width', ({ bits }, x) => bits.shiftLeft(x, 9)],
    ['elements beyond a word', ({ bits }, x) => bits.concat(x, ...new Array<BooleanShare>(8).fill(x))],
    ['several bits as a factor', ({ bits, session, xs }, x) => bits.multiply(session.op('y'), x, xs[0]!)],
    [
      'factors of another shape',
      ({ bits, session, xs }) => {
        const bit = bits.constant(Tensor.zeros([4]), 1);
        return bits.multiply(session.op('y'), bit, xs[0]!);
      },
    ],
  ];

  it.each(refused)('%s', async (_, call) => {
    const running = run([three], async (seat) => {
      const [x] = await shared(seat, [three], 8);
      await call(seat, x!);
    });
    await expect(running).rejects.toMatchObject({ name: 'TriadError', code: 'bad-argument' });
  });

  it('messages of another length', async () => {
    const cut = run(
      [three],
      async ({ bits, session, xs }) => {
        await bits.a2b(session.op('y'), xs[0]!);
      },
      { tap: ({ bytes, from, round }) => (from === 1 && round > 3 ? bytes.subarray(1) : bytes) },
    );
    await expect(cut).rejects.toMatchObject({ code: 'bad-message', party: 1 });
  });
});
