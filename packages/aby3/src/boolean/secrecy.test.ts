import { Tensor } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { findLeak, observe, secretOf, type Trial, tells } from '../fixture/leak.js';
import { secretPermutation } from '../shuffle/permutation.js';
import { permute, permuteBack, shuffle } from '../shuffle/permute.js';

const drop = (x: Tensor | readonly [number]) => {
  if (x instanceof Tensor) x.dispose();
};

/** A run with a secret of this party. */
type Owned = Trial & { readonly owner: number };

/** Bits of the secret. */
const secretBits = async (trial: Owned, width: number) => {
  const value = secretOf(trial, trial.owner);
  const x = await trial.bits.share(trial.op(0), trial.owner, value, width);
  drop(value);
  return x;
};

/** The secret as a number. */
const secretNumber = async (trial: Owned) => {
  const value = secretOf(trial, trial.owner);
  const x = await trial.protocol.share(trial.op(0), trial.owner, value);
  drop(value);
  return x;
};

/** Ones, known to all: a mask that is missing would show. */
const constantBits = ({ bits }: Trial, width: number) => {
  const c = Tensor.from([1], [-1]);
  const x = bits.constant(c, width);
  c.dispose();
  return x;
};

type Call = (trial: Owned) => Promise<{ readonly a: Tensor; readonly b: Tensor }>;

/** With one operand secret and the other a constant. */
const onBits =
  (
    width: number,
    run: (
      trial: Owned,
      x: Awaited<ReturnType<typeof secretBits>>,
      y: ReturnType<typeof constantBits>,
    ) => ReturnType<Call>,
  ): Call =>
  async (trial) => {
    const x = await secretBits(trial, width);
    const y = constantBits(trial, width);
    const z = await run(trial, x, y);
    for (const share of [x, y]) trial.bits.dispose(share);
    return z;
  };

const onNumber =
  (run: (trial: Owned, x: Awaited<ReturnType<typeof secretNumber>>) => ReturnType<Call>): Call =>
  async (trial) => {
    const x = await secretNumber(trial);
    const z = await run(trial, x);
    trial.protocol.dispose(x);
    return z;
  };

const calls: [string, number, Call][] = [
  ['sharing', 600, onBits(64, async ({ bits }, x) => bits.not(x))],
  ['and', 600, onBits(4, ({ bits, op }, x, y) => bits.and(op(1), x, y))],
  ['and, secret last', 600, onBits(4, ({ bits, op }, x, y) => bits.and(op(1), y, x))],
  ['addition', 600, onBits(8, ({ bits, op }, x, y) => bits.add(op(1), x, y))],
  ['prefix-or', 600, onBits(8, ({ bits, op }, x) => bits.prefixOr(op(1), x))],
  ['a2b', 3200, onNumber(({ bits, op }, x) => bits.a2b(op(1), x))],
  ['b2a', 600, onBits(64, ({ bits, op }, x) => bits.b2a(op(1), x))],
  ['bit injection', 600, onBits(4, ({ bits, op }, x) => bits.bitInjection(op(1), x))],
  [
    'a secret bit times a constant',
    600,
    onBits(1, async ({ bits, protocol, op }, x) => {
      const c = Tensor.from([1], [-1]);
      const one = protocol.constant(c);
      const z = await bits.multiply(op(1), x, one);
      protocol.dispose(one);
      c.dispose();
      return z;
    }),
  ],
  [
    'a constant bit times a secret',
    600,
    onNumber(async (trial, x) => {
      const bit = constantBits(trial, 1);
      const z = await trial.bits.multiply(trial.op(1), bit, x);
      trial.bits.dispose(bit);
      return z;
    }),
  ],
  ['a shuffle', 600, onNumber(async ({ session, op }, x) => (await shuffle(session, op(1), [x]))[0]!)],
  [
    'a permutation undone',
    600,
    onNumber(async ({ session, op }, x) => {
      const p = secretPermutation(session, op(1), 1);
      const [z] = await permuteBack(session, op(2), p, [x]);
      p.dispose();
      return z!;
    }),
  ],
];

const leakOf = (owner: number, samples: number, call: Call) =>
  findLeak(owner, samples, async (trial) => {
    const z = await call({ ...trial, owner });
    z.a.dispose();
    z.b.dispose();
  });

describe.each(calls)('%s', (_, samples, call) => {
  it.each([0, 2])('shows nothing of a secret of party %i', async (owner) => {
    expect(await leakOf(owner, samples, call)).toBeUndefined();
  });
});

describe('the test itself', () => {
  /** Party 1 gets component 2 of a sharing whose components 1 and 0 it can have from streams and messages. */
  const bare = onNumber(async ({ rank, op, protocol }, x) => {
    const at = op(1);
    if (rank === 2) at.send(1, x.b.toBytes());
    if (rank === 1) await at.recv(2, 8);
    return protocol.addPublic(x, Tensor.from([1], [1]));
  });

  it('notices a component that is sent bare', async () => {
    expect(await leakOf(0, 600, bare)).toMatch('party 1: an xor of bits is the secret');
  });

  it('notices a value that is sent bare', async () => {
    const value: Call = onBits(1, async ({ op, bits }, x) => {
      (await bits.reveal(op(1), x))!.dispose();
      return bits.not(x);
    });
    expect(await leakOf(0, 600, value)).toMatch('is the secret');
  });
});

describe('the permutation of two parties', () => {
  /** Two rows that differ in every bit, in each component, and are known to all: whatever is not masked shows their order. */
  const component = () => Tensor.from([2], [0, -1]);

  it.each([
    ['permuting', permute],
    ['undoing it', permuteBack],
  ])('does not show to the third when %s', async (_, apply) => {
    const observed = await observe(600, async (trial) => {
      const { session, protocol, rank, op } = trial;
      const x = { a: component(), b: component() };
      const p = secretPermutation(session, op(1), 2);
      const [z] = await apply(session, op(2), p, [x]);
      const swaps = p.with((rank + 1) % 3).toBigInts()[0] === 1n;
      for (const share of [x, z!]) protocol.dispose(share);
      p.dispose();
      return swaps;
    });
    for (const rank of [0, 1, 2]) {
      const unknown = observed[(rank + 1) % 3]!.map(({ result }) => result);
      const own = observed[rank]!.map(({ result }) => result);
      const views = observed[rank]!.map(({ view }) => view);
      expect(new Set(unknown).size).toBe(2);
      expect(unknown).not.toEqual(own);
      expect(tells(views, unknown)).toBeUndefined();
    }
  });
});
