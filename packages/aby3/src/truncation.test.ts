import { simulate } from '@triad/protocol';
import { Tensor } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { type Aby3Options, aby3 } from './aby3.js';
import { spread } from './fixture/sample.js';

/** What truncation makes of values, revealed to all. */
const truncated = async (
  options: Aby3Options,
  values: readonly bigint[],
  bits: number,
): Promise<bigint[]> => {
  const shape = [values.length];
  const { results } = await simulate(
    aby3(options),
    async ({ rank, session, protocol }) => {
      const x = await protocol.share(session.op('x'), 0, rank === 0 ? Tensor.from(shape, values) : shape);
      const y = await protocol.truncate(session.op('y'), x, bits);
      return (await protocol.reveal(session.op('out'), y))!.toBigInts();
    },
    { seed: 7 },
  );
  // Not toEqual, which would print a million differences.
  for (const other of results.slice(1)) expect(other.findIndex((y, i) => y !== results[0]![i])).toBe(-1);
  return results[0]!;
};

const floor = (x: bigint, bits: number): bigint => x >> BigInt(bits);

/** Rounded down or up, and multiples of 2^bits kept. */
const expectNeighbours = (out: readonly bigint[], values: readonly bigint[], bits: number): void => {
  for (const [i, x] of values.entries()) {
    const down = floor(x, bits);
    const whole = down << BigInt(bits) === x;
    expect(whole ? [down] : [down, down + 1n]).toContain(out[i]);
  }
};

describe.each([1, 2, 16, 31, 48])('truncation by %i bits', (bits) => {
  it('probabilistic rounds down or up, up to 2^62', async () => {
    const values = spread(62, 2000);
    expectNeighbours(await truncated({}, values, bits), values, bits);
  });

  it('exact rounds half up, up to 2^61', async () => {
    const values = spread(61, 2000);
    const out = await truncated({ truncation: 'exact' }, values, bits);
    expect(out).toEqual(values.map((x) => floor(x + (1n << BigInt(bits - 1)), bits)));
  });

  it('local rounds down or up below its bound', async () => {
    const values = spread(24, 2000);
    expectNeighbours(await truncated({ truncation: { magnitudeBits: 24 } }, values, bits), values, bits);
  });
});

it('cuts as many bits as it says', async () => {
  const values = spread(61, 200);
  expectNeighbours(await truncated({}, values, 62), values, 62);
  const out = await truncated({ truncation: 'exact' }, values, 61);
  expect(out).toEqual(values.map((x) => floor(x + (1n << 60n), 61)));
  await expect(truncated({}, values, 63)).rejects.toMatchObject({ code: 'bad-argument' });
  await expect(truncated({ truncation: 'exact' }, values, 62)).rejects.toMatchObject({
    code: 'bad-argument',
  });
  await expect(truncated({}, values, 1.5)).rejects.toMatchObject({ code: 'bad-argument' });
});

it('is unbiased and never wraps over a million values up to 2^61', async () => {
  const bits = 16;
  const values = spread(61, 1_000_000);
  const out = await truncated({}, values, bits);
  let sum = 0;
  for (const [i, x] of values.entries()) {
    const error = Number((out[i]! << BigInt(bits)) - x) / 2 ** bits;
    if (!(Math.abs(error) < 1)) throw new Error(`${x} is off by ${error} units`);
    sum += error;
  }
  // An error is in (-1, 1) with variance at most 1/4: six deviations of the mean.
  expect(Math.abs(sum / values.length)).toBeLessThan((6 * 0.5) / Math.sqrt(values.length));
});

it('rounds up as often as the fraction says', async () => {
  const count = 100_000;
  for (const fraction of [1n, 0x4000n, 0xffffn]) {
    const out = await truncated({}, new Array<bigint>(count).fill((-5n << 16n) + fraction), 16);
    const ups = out.filter((x) => x === -4n).length;
    const p = Number(fraction) / 2 ** 16;
    expect(ups + out.filter((x) => x === -5n).length).toBe(count);
    expect(Math.abs(ups - p * count)).toBeLessThanOrEqual(6 * Math.sqrt(p * (1 - p) * count) + 1);
  }
});

it('local truncation fails as often as it says beyond its bound: |x| / 2^64', async () => {
  const count = 20_000;
  const x = 1n << 61n;
  const out = await truncated({ truncation: { magnitudeBits: 24 } }, new Array<bigint>(count).fill(x), 16);
  const down = floor(x, 16);
  const wrapped = out.filter((y) => y !== down && y !== down + 1n);
  for (const y of wrapped) expect([down - (1n << 48n), down - (1n << 48n) + 1n]).toContain(y);
  expect(Math.abs(wrapped.length - count / 8)).toBeLessThan(6 * Math.sqrt((count * 7) / 64));
});

it('refuses bounds under which local truncation could fail too often', () => {
  for (const magnitudeBits of [0, 25, 62, 1.5]) {
    expect(() => aby3({ truncation: { magnitudeBits } })).toThrow(/1 to 24/);
  }
});
