import { mapHashToField } from '@noble/curves/abstract/modular.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { seededBytes } from '@triad/protocol';
import { expect, test } from 'vitest';
import { select } from './group.js';
import { otReceiver, otSender } from './index.js';
import { Point, pointBytes } from './ristretto255.js';

const session = new TextEncoder().encode('choice');
const order = Point.Fn.ORDER;

/** A seed that `scalarFromSeed` maps to this scalar (1 to order - 1). */
const seedOf = (scalar: bigint) => numberToBytesLE(scalar - 1n, 64);
const scalarOf = (seed: Uint8Array) => bytesToNumberLE(mapHashToField(seed, order, true));

test('the reply for choice 1 and scalar b is the reply for choice 0 and scalar b + a: perfect hiding', () => {
  const senderSeed = seededBytes(1, 0)(64);
  const { setup } = otSender(1, { session, random: () => senderSeed });
  for (let seed = 2; seed < 18; seed++) {
    const b = scalarOf(seededBytes(seed, 0)(64));
    const reply = (bit: number, scalar: bigint) =>
      otReceiver(Uint8Array.of(bit), { session, random: () => seedOf(scalar) }).respond(setup).reply;
    expect(reply(1, b)).toEqual(reply(0, (b + scalarOf(senderSeed)) % order));
  }
});

const samples = 2048;
const { setup } = otSender(samples, { session, random: seededBytes(5, 0) });
const replyFor = (bit: number, seed: number) =>
  otReceiver(new Uint8Array(samples).fill(bit), { session, random: seededBytes(seed, 0) }).respond(setup)
    .reply;

/**
 * Two-sample chi-square over the values of one byte of every element. With 255 degrees of freedom the statistic is
 * near normal with mean 255 and deviation 22.6.
 */
const chiSquare = (x: Uint8Array, y: Uint8Array, lane: number): number => {
  const [inX, inY] = [x, y].map((bytes) => {
    const counts = new Array<number>(256).fill(0);
    for (let i = lane; i < bytes.length; i += pointBytes) counts[bytes[i]!]!++;
    return counts;
  });
  return inX!.reduce((sum, m, value) => {
    const n = inY![value]!;
    return m + n === 0 ? sum : sum + (m - n) ** 2 / (m + n);
  }, 0);
};
const lanes = Array.from({ length: pointBytes }, (_, lane) => lane);
/** 255 + 5 * 22.6: an honest lane passes it once in three million runs. */
const bound = 368;

test('no byte of the reply depends on the choice', () => {
  const [zeros, ones] = [replyFor(0, 6), replyFor(1, 7)];
  for (const lane of lanes) expect(chiSquare(zeros, ones, lane)).toBeLessThan(bound);
});

test('the statistic notices a bit that is set in half of the samples', () => {
  const [zeros, ones] = [replyFor(0, 8), replyFor(0, 9)];
  const biased = ones.map((byte, i) => ((i >> 5) % 2 === 0 ? byte | 0x10 : byte));
  for (const lane of lanes.slice(1, -1)) expect(chiSquare(zeros, biased, lane)).toBeGreaterThan(bound);
});

test('select takes one of two encodings by arithmetic', () => {
  const [zero, one] = [seededBytes(10, 0)(pointBytes), seededBytes(11, 0)(pointBytes)];
  expect(select(0, zero, one)).toEqual(zero);
  expect(select(1, zero, one)).toEqual(one);
});
