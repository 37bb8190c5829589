import { type LocalOptions, local, openSession, seededBytes } from '@triad/protocol';
import { memory, Tensor } from '@triad/ring';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestKeys } from '../key/digest.js';
import { type KeySet, keySet } from '../key/key-set.js';
import type { OtLink } from '../ot/exchange.js';
import { baseForReceiver, baseForSender } from '../ot/index.js';
import { receiveOpprf, sendOpprf } from './opprf.js';

const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `record ${from + i}`);
const setOf = (texts: readonly string[]): KeySet => keySet(digestKeys(texts, new Uint8Array(32)));

/** Two sides after their base OTs. */
const meet = async (options: LocalOptions = {}) => {
  const network = local(2, options);
  const sessions = await Promise.all(
    network.channels.map((channel) =>
      openSession(channel, { parties: 2, random: seededBytes(1, channel.rank) }),
    ),
  );
  const randoms = [seededBytes(2, 0), seededBytes(2, 1)];
  const link = (rank: number, run: number): OtLink => ({
    session: sessions[rank]!,
    op: sessions[rank]!.op('opprf', run),
    peer: 1 - rank,
    random: randoms[rank]!,
  });
  const [receiver, sender] = await Promise.all([baseForReceiver(link(0, 0)), baseForSender(link(1, 0))]);
  const run = (n: number, xs: KeySet, program: { readonly set: KeySet; readonly values: Tensor }) =>
    Promise.all([
      receiveOpprf(link(0, n), receiver, xs, program.set.size),
      sendOpprf(link(1, n), sender, program, xs.size),
    ]);
  return { sessions, run };
};

/** Both words of a set's elements, by the row each came from. */
const byRow = (set: KeySet, blocks: Tensor): Map<number, string> => {
  const words = blocks.toBigInts();
  return new Map([...set.rows].map((row, i) => [row, `${words[2 * i]} ${words[2 * i + 1]}`]));
};

test('says the programmed value of common items, and something new of every other one', async () => {
  const before = memory.liveBytes;
  const { run } = await meet();
  let runs = 0;
  const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3000 }));
  await fc.assert(
    fc.asyncProperty(size, size, fc.nat(3000), async (n, m, shift) => {
      const [xs, ys] = [setOf(keys(0, n)), setOf(keys(shift, shift + m))];
      const values = Tensor.fromBytes([m, 2], seededBytes(runs, 3)(16 * m));
      const [out] = await run(++runs, xs, { set: ys, values });
      const [said, wanted] = [byRow(xs, out), byRow(ys, values)];
      const programmed = new Set(wanted.values());
      for (let row = 0; row < n; row++) {
        const common = shift <= row && row < shift + m;
        if (common) expect(said.get(row)).toBe(wanted.get(row - shift));
        else expect(programmed.has(said.get(row)!)).toBe(false);
      }
      expect(new Set(said.values()).size).toBe(n);
      for (const owned of [xs, ys, values, out]) owned.dispose();
    }),
    { numRuns: 15 },
  );
  expect(memory.liveBytes).toBe(before);
});

test('equal values of many items do not show: what is not common is as random as ever', async () => {
  const { run } = await meet();
  const n = 4000;
  const [xs, ys] = [setOf(keys(0, n)), setOf(keys(n, 2 * n))];
  const values = Tensor.zeros([n, 2]);
  const [out] = await run(1, xs, { set: ys, values });
  const words = new BigUint64Array(out.toBytes().buffer);
  for (let bit = 0n; bit < 64n; bit++) {
    const ones = words.reduce((sum, word) => sum + Number((word >> bit) & 1n), 0);
    // Five standard deviations of a fair coin; the run is seeded.
    expect(Math.abs(ones - n)).toBeLessThan(2.5 * Math.sqrt(2 * n));
  }
  for (const owned of [xs, ys, values, out]) owned.dispose();
});

test.each([
  ['shorter', (bytes: Uint8Array) => bytes.slice(16)],
  ['longer', (bytes: Uint8Array) => Uint8Array.from([...bytes, 0])],
  ['empty', () => new Uint8Array(0)],
])('a %s store is a typed error that leaves no memory taken', async (_, change) => {
  let messages: number[] = [];
  let last = Number.POSITIVE_INFINITY;
  const { run } = await meet({
    tap: ({ bytes }) => {
      messages.push(bytes.length);
      return messages.length > last ? change(bytes) : bytes;
    },
  });
  const before = memory.liveBytes;
  const [xs, ys, values] = [setOf(keys(0, 50)), setOf(keys(0, 50)), Tensor.zeros([50, 2])];
  messages = [];
  const [out] = await run(1, xs, { set: ys, values });
  out.dispose();
  last = messages.length - 1;
  messages = [];
  await expect(run(2, xs, { set: ys, values })).rejects.toMatchObject({
    name: 'TriadError',
    code: 'bad-message',
    party: 1,
  });
  for (const owned of [xs, ys, values]) owned.dispose();
  expect(memory.liveBytes).toBe(before);
});
