import { type Message, simulate } from '@triad/protocol';
import { Tensor } from '@triad/ring';
import { expect, it } from 'vitest';
import { aby3 } from '../aby3.js';
import { chiSquare, chiSquareBound } from '../fixture/sample.js';

const bits = 16;
const width = bits + 1;
const count = 20_000;
const prime = 67;

/** The comparison rows the dealer puts together while `count` copies of x are truncated. */
const rowsSeen = async (x: bigint): Promise<number[][]> => {
  const seen: Message[] = [];
  await simulate(
    aby3({ truncation: 'exact' }),
    async ({ rank, session, protocol }) => {
      const value = rank === 1 ? Tensor.from([count], new Array<bigint>(count).fill(x)) : [count];
      await protocol.truncate(session.op('y'), await protocol.share(session.op('x'), 1, value), bits);
    },
    {
      seed: 11,
      tap: (message) => {
        if (message.to === 0 && message.bytes.length === count * width) seen.push(message);
        return message.bytes;
      },
    },
  );
  const [a, b] = seen.map(({ bytes }) => bytes) as [Uint8Array, Uint8Array];
  expect(seen.map(({ from }) => from).sort()).toEqual([1, 2]);
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: width }, (_, j) => (a[i * width + j]! + b[i * width + j]!) % prime),
  );
};

it.each([0n, 1n, -1n, 123_456_789_123n])('shows the dealer nothing of the comparison on %s', async (x) => {
  const rows = await rowsSeen(x);
  const zeros = rows.map((row) => row.flatMap((entry, j) => (entry === 0 ? [j] : [])));
  for (const at of zeros) expect(at.length).toBeLessThanOrEqual(1);
  const withZero = zeros.filter((at) => at.length === 1).length;
  expect(chiSquare([withZero, count - withZero])).toBeLessThan(chiSquareBound(1));
  const places = new Array<number>(width).fill(0);
  for (const [j] of zeros) if (j !== undefined) places[j]!++;
  expect(chiSquare(places)).toBeLessThan(chiSquareBound(width - 1));
  for (let j = 0; j < width; j++) {
    const others = new Array<number>(prime - 1).fill(0);
    for (const row of rows) if (row[j] !== 0) others[row[j]! - 1]!++;
    expect(chiSquare(others)).toBeLessThan(chiSquareBound(prime - 2));
  }
});
