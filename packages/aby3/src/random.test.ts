import { simulate } from '@triad/protocol';
import { expect, it } from 'vitest';
import { aby3 } from './aby3.js';
import { chiSquare, chiSquareBound } from './fixture/sample.js';

const drawn = async (count: number, bits: number, seed = 3): Promise<bigint[]> => {
  const { results } = await simulate(
    aby3(),
    async ({ session, protocol }) => {
      const x = await protocol.random!(session.op('x'), [count], bits);
      return (await protocol.reveal(session.op('out'), x))!.toBigInts();
    },
    { seed },
  );
  return results[0]!;
};

it('draws integers of the range, all alike', async () => {
  const bits = 6;
  const counts = new Array<number>(2 ** bits).fill(0);
  for (const x of await drawn(100_000, bits)) counts[Number(x) + 2 ** (bits - 1)]!++;
  expect(counts).toHaveLength(2 ** bits);
  expect(chiSquare(counts)).toBeLessThan(chiSquareBound(2 ** bits - 1));
});

it.each([1, 24, 63, 64])('draws %i bits, each one evenly', async (bits) => {
  const count = 20_000;
  const offset = 1n << BigInt(bits - 1);
  const values = (await drawn(count, bits)).map((x) => x + offset);
  for (const x of values) expect(x >= 0n && x < 1n << BigInt(bits)).toBe(true);
  for (let j = 0; j < bits; j++) {
    const ones = values.filter((x) => (x >> BigInt(j)) & 1n).length;
    expect(chiSquare([ones, count - ones])).toBeLessThan(chiSquareBound(1));
  }
});

it('draws others in another session, and refuses impossible widths', async () => {
  expect(await drawn(4, 64, 1)).not.toEqual(await drawn(4, 64, 2));
  for (const bits of [0, 65, 2.5])
    await expect(drawn(1, bits)).rejects.toMatchObject({ code: 'bad-argument' });
});
