import type { Message } from '@triad/protocol';
import { expect, test } from 'vitest';
import { binCount } from '../cardinality/bin.js';
import { digestsOf, pair, runPair, setOf } from '../fixture/pair.js';
import type { KeySet } from '../key/key-set.js';
import { maskBytes } from '../psi/mask.js';
import { kkrt16 } from './kkrt16.js';
import { rowBytes } from './run.js';

/** What each party sends in one run after the base OTs, and the lengths of its messages. */
const sentIn = async (seed: number, x: KeySet, y: KeySet) => {
  const seen: Message[] = [];
  const parties = await pair(kkrt16, seed, {
    tap: (message) => {
      seen.push(message);
      return message.bytes;
    },
  });
  seen.length = 0;
  await runPair(parties, 'run', x, y);
  await parties.close();
  return [0, 1].map((rank) => {
    const messages = seen.filter(({ from }) => from === rank).map(({ bytes }) => bytes);
    return { bytes: Buffer.concat(messages), lengths: messages.map(({ length }) => length) };
  });
};

/** How far the number of ones in each bit lane is from half, in standard deviations; the largest. */
const deviation = (bytes: Uint8Array, stride: number): number => {
  const rows = bytes.length / stride;
  const ones = new Float64Array(8 * stride);
  for (let i = 0; i < bytes.length; i++) {
    for (let k = 0; k < 8; k++) ones[8 * (i % stride) + k]! += (bytes[i]! >> k) & 1;
  }
  return Math.max(...Array.from(ones, (count) => Math.abs(count - rows / 2) / Math.sqrt(rows / 4)));
};

/** Chi-square of byte values, 255 degrees of freedom, as standard deviations from its mean. */
const byteDeviation = (bytes: Uint8Array): number => {
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte]!++;
  const expected = bytes.length / 256;
  const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (chi2 - 255) / Math.sqrt(2 * 255);
};

/** Beyond this with probability below 10^-6, for the 512 lanes of a row too. */
const bound = 6;
const n = 3000;

test("the receiver's rows are uniform in every lane, whatever its items and what is common", async () => {
  const y = setOf(digestsOf(0, n));
  const inputs = [digestsOf(0, n), digestsOf(n, 2 * n), new Uint8Array(16).fill(7)].map(setOf);
  for (const [i, x] of inputs.entries()) {
    const [receiver] = await sentIn(10 + i, x, y);
    expect(receiver!.bytes.length).toBe(rowBytes * binCount(x.size));
    expect(deviation(receiver!.bytes, rowBytes)).toBeLessThan(bound);
    expect(byteDeviation(receiver!.bytes)).toBeLessThan(bound);
  }
  // What the check would notice: rows of empty bins without a mask.
  const [receiver] = await sentIn(20, y, y);
  const unmasked = receiver!.bytes.map((byte, i) => (Math.floor(i / rowBytes) % 5 === 0 ? 0 : byte));
  expect(deviation(unmasked, rowBytes)).toBeGreaterThan(2 * bound);
  expect(byteDeviation(unmasked)).toBeGreaterThan(2 * bound);
  for (const set of [y, ...inputs]) set.dispose();
});

test("the sender's masks are uniform, whatever is common", async () => {
  const x = setOf(digestsOf(0, n));
  for (const [i, from] of [0, n / 2, n].entries()) {
    const y = setOf(digestsOf(from, from + n));
    const [, sender] = await sentIn(30 + i, x, y);
    const stride = maskBytes(n, n);
    expect(sender!.bytes.length).toBe(3 * n * stride);
    expect(deviation(sender!.bytes, stride)).toBeLessThan(bound);
    expect(byteDeviation(sender!.bytes)).toBeLessThan(bound);
    y.dispose();
  }
  x.dispose();
});

test('message lengths depend on sizes alone', async () => {
  const [x, y, z] = [digestsOf(0, n), digestsOf(n, 2 * n), digestsOf(n / 2, n / 2 + n)].map(setOf);
  const same = await sentIn(40, x!, x!);
  for (const [a, b] of [
    [x!, y!],
    [z!, y!],
    [y!, x!],
  ] as const) {
    const other = await sentIn(41, a, b);
    for (const rank of [0, 1]) expect(other[rank]!.lengths).toEqual(same[rank]!.lengths);
  }
  for (const set of [x, y, z]) set!.dispose();
});

test('no row and no mask is repeated in the runs of one session', async () => {
  const x = setOf(digestsOf(0, 500));
  const seen: Message[] = [];
  const parties = await pair(kkrt16, 50, {
    tap: (message) => {
      seen.push(message);
      return message.bytes;
    },
  });
  seen.length = 0;
  for (const name of ['first', 'second', 'third']) await runPair(parties, name, x, x);
  await parties.close();
  const pieces = seen.flatMap(({ from, bytes }) => {
    const stride = from === 0 ? rowBytes : maskBytes(500, 500);
    return Array.from({ length: bytes.length / stride }, (_, i) =>
      Buffer.from(bytes.subarray(i * stride, (i + 1) * stride)).toString('hex'),
    );
  });
  expect(pieces.length).toBe(3 * (binCount(500) + 3 * 500));
  expect(new Set(pieces).size).toBe(pieces.length);
  x.dispose();
});
