import { simulate } from '@triad/protocol';
import { Tensor } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { type Aby3Options, aby3 } from './aby3.js';

const n = 2000;

/** Values of all magnitudes below 2^bits, both signs, with the edges. */
const samples = (bits: number): bigint[] => {
  const edges = [0n, 1n, -1n, 2n ** BigInt(bits) - 1n, -(2n ** BigInt(bits)) + 1n, 1n << 16n, -(1n << 16n), 1n << 15n];
  let state = 88172645463325252n;
  const random = () => {
    state ^= BigInt.asUintN(64, state << 13n);
    state ^= state >> 7n;
    state ^= BigInt.asUintN(64, state << 17n);
    return state;
  };
  const rest = Array.from({ length: n - edges.length }, (_, i) => {
    const magnitude = BigInt.asUintN(1 + (i % bits), random());
    return i & 1 ? magnitude : -magnitude;
  });
  return [...edges, ...rest];
};

const truncated = async (options: Aby3Options, values: readonly bigint[], bits: number): Promise<bigint[]> => {
  const { results } = await simulate(
    aby3(options),
    async ({ rank, session, protocol }) => {
      const x = await protocol.share(session.op('x'), 0, rank === 0 ? Tensor.from([n], values) : [n]);
      const y = await protocol.truncate(session.op('y'), x, bits);
      return (await protocol.reveal(session.op('out'), y))!.toBigInts();
    },
    { seed: 7 },
  );
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
  return results[0]!;
};

const floorDiv = (x: bigint, bits: number): bigint => x >> BigInt(bits);

describe.each([1, 2, 16, 31, 40])('truncation by %i bits', (bits) => {
  it('probabilistic: rounds down or up, and keeps multiples', async () => {
    const values = samples(61);
    const out = await truncated({}, values, bits);
    for (const [i, x] of values.entries()) {
      const floor = floorDiv(x, bits);
      const whole = floor << BigInt(bits) === x;
      expect(whole ? [floor] : [floor, floor + 1n]).toContain(out[i]);
    }
  });

  it('exact: rounds half up', async () => {
    const values = samples(60);
    const out = await truncated({ truncation: 'exact' }, values, bits);
    expect(out).toEqual(values.map((x) => floorDiv(x + (1n << BigInt(bits - 1)), bits)));
  });

  it('local: rounds down or up below its bound', async () => {
    const values = samples(20);
    const out = await truncated({ truncation: { magnitudeBits: 21 } }, values, bits);
    for (const [i, x] of values.entries()) {
      const floor = floorDiv(x, bits);
      expect([floor, floor + 1n]).toContain(out[i]);
    }
  });
});
