import { type LocalOptions, local, openSession, seededBytes } from '@triad/protocol';
import { expect, test } from 'vitest';
import { digestKeys } from '../key/digest.js';
import { keySet } from '../key/key-set.js';
import type { OtLink } from '../ot/exchange.js';
import { baseOfReceiver, receiveDifferences } from './receiver.js';
import { baseOfSender, sendCardinality } from './sender.js';

const hashKey = new Uint8Array(32);
const setOf = (keys: readonly string[]) => keySet(digestKeys(keys, hashKey));
const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `record ${from + i}`);

/** Two sides after their base OTs; `run` returns what the receiver counts zeros of. */
const meet = async (seed: number, options: LocalOptions = {}) => {
  const network = local(2, options);
  const sessions = await Promise.all(
    network.channels.map((channel) =>
      openSession(channel, { parties: 2, random: seededBytes(seed, channel.rank) }),
    ),
  );
  const randoms = [seededBytes(seed, 2), seededBytes(seed, 3)];
  const link = (rank: number, i: number): OtLink => ({
    session: sessions[rank]!,
    op: sessions[rank]!.op('run', i),
    peer: 1 - rank,
    random: randoms[rank]!,
  });
  const [receiver, sender] = await Promise.all([baseOfReceiver(link(0, 0)), baseOfSender(link(1, 0))]);
  return async (i: number, x: readonly string[], y: readonly string[]): Promise<bigint[]> => {
    const [xs, ys] = [setOf(x), setOf(y)];
    const [differences] = await Promise.all([
      receiveDifferences(link(0, i), receiver, xs, ys.size),
      sendCardinality(link(1, i), sender, ys, xs.size),
    ]);
    const words = differences.toBigInts();
    for (const owned of [xs, ys, differences]) owned.dispose();
    return words;
  };
};

test('a common item is as often in every place, whichever it is', async () => {
  const runs = 400;
  const cells = 8;
  const x = keys(0, 40);
  const run = await meet(11);
  const places: number[] = [];
  for (let i = 1; i <= runs; i++) {
    const words = await run(i, x, [x[i % 2]!, ...keys(100, 110)]);
    expect(words.filter((word) => word === 0n).length).toBe(1);
    places.push((words.indexOf(0n) * cells) / words.length);
  }
  for (const parity of [0, 1]) {
    const counts = new Array<number>(cells).fill(0);
    for (const [i, place] of places.entries()) if (i % 2 === parity) counts[Math.floor(place)]!++;
    const expected = runs / 2 / cells;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 7 degrees of freedom: more than 24.3 has probability 0.001; the run is seeded.
    expect(chiSquare).toBeLessThan(24.3);
  }
}, 120_000);

/** Fails where a bit lane of words is not a fair coin, by five standard deviations. */
const expectUniform = (words: BigUint64Array): void => {
  for (let bit = 0n; bit < 64n; bit++) {
    let ones = 0;
    for (const word of words) ones += Number((word >> bit) & 1n);
    expect(Math.abs(ones - words.length / 2)).toBeLessThan(2.5 * Math.sqrt(words.length));
  }
};

test('what does not match is uniform in every bit lane', async () => {
  const run = await meet(12);
  const words = await run(1, keys(0, 3000), keys(2000, 5000));
  const others = words.filter((word) => word !== 0n);
  expect(words.length - others.length).toBe(1000);
  expectUniform(BigUint64Array.from(others, (word) => BigInt.asUintN(64, word)));
});

test.each([
  ['receiver', 0],
  ['sender', 1],
])('what the %s gets is uniform whether all keys are common or none is', async (_, rank) => {
  for (const from of [0, 2000]) {
    const received: Uint8Array[] = [];
    let armed = false;
    const run = await meet(13, {
      tap: ({ to, bytes }) => {
        if (armed && to === rank && bytes.length % 8 === 0) received.push(bytes);
        return bytes;
      },
    });
    armed = true;
    const words = await run(1, keys(0, 2000), keys(from, from + 2000));
    expect(words.filter((word) => word === 0n).length).toBe(from === 0 ? 2000 : 0);
    expectUniform(new BigUint64Array(Uint8Array.from(received.flatMap((bytes) => [...bytes])).buffer));
  }
});
