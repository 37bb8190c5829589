import { readFileSync } from 'node:fs';
import { seededBytes, TriadError } from '@triad/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { otReceiver, otSender } from './index.js';
import { decodeReply, decodeSetup } from './message.js';
import { Point, pointBytes } from './ristretto255.js';

const fromHex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const vectors = JSON.parse(readFileSync(new URL('../../vector/rfc9496.json', import.meta.url), 'utf8')) as {
  readonly multiples: readonly string[];
  readonly invalid: readonly { readonly why: string; readonly encoding: string }[];
};
const refused = expect.objectContaining({ name: 'TriadError', code: 'bad-message' });

describe('RFC 9496', () => {
  test('multiples of the generator are decoded, all but the identity', () => {
    expect(vectors.multiples).toHaveLength(16);
    for (const [k, encoding] of vectors.multiples.entries()) {
      if (k === 0) expect(() => decodeSetup(fromHex(encoding))).toThrowError(refused);
      else expect(decodeSetup(fromHex(encoding)).point.equals(Point.BASE.multiply(BigInt(k)))).toBe(true);
    }
  });

  test.each(vectors.invalid)('$why is refused: $encoding', ({ encoding }) => {
    expect(() => decodeSetup(fromHex(encoding))).toThrowError(refused);
    expect(() => decodeReply(fromHex(vectors.multiples[1]! + encoding), 2)).toThrowError(refused);
  });
});

test('another length is refused, naming both', () => {
  for (const length of [0, 1, 31, 33, 64]) {
    expect(() => decodeSetup(new Uint8Array(length))).toThrowError(`${length} bytes instead of 32`);
    expect(() => decodeReply(new Uint8Array(length), 3)).toThrowError(`${length} bytes instead of 96`);
  }
});

test('errors name the peer and the op', () => {
  const peer = { party: 2, op: 'step 3/1' };
  expect(() => decodeSetup(new Uint8Array(32), peer)).toThrowError(expect.objectContaining(peer));
  expect(() => decodeReply(new Uint8Array(31), 1, peer)).toThrowError(expect.objectContaining(peer));
});

const session = new TextEncoder().encode('mutation');
const choices = Uint8Array.of(0, 1, 1, 0);
const seeded = (seed: number) => ({ session, random: seededBytes(seed, 0) });

/** Flip a bit, add one, truncate, extend, replace, send the identity, turn the elements round. */
const mutation = (length: number) =>
  fc.oneof(
    fc.tuple(fc.nat(length - 1), fc.nat(7)).map(
      ([i, bit]) =>
        (m: Uint8Array) =>
          m.with(i, m[i]! ^ (1 << bit)),
    ),
    fc.nat(length - 1).map((i) => (m: Uint8Array) => m.with(i, m[i]! + 1)),
    fc.nat(length - 1).map((end) => (m: Uint8Array) => m.slice(0, end)),
    fc
      .uint8Array({ minLength: 1, maxLength: 64 })
      .map((more) => (m: Uint8Array) => Uint8Array.from([...m, ...more])),
    fc.uint8Array({ minLength: length, maxLength: length }).map((other) => () => other),
    fc
      .nat(length / pointBytes - 1)
      .map((i) => (m: Uint8Array) => Uint8Array.from(m).fill(0, i * 32, i * 32 + 32)),
    fc.constant((m: Uint8Array) => Uint8Array.from([...m.slice(-pointBytes), ...m.slice(0, -pointBytes)])),
  );

/** The indices whose chosen message both sides agree on, or 'refused' after a typed error. */
const outcome = (
  changeSetup: (m: Uint8Array) => Uint8Array,
  changeReply: (m: Uint8Array) => Uint8Array,
): readonly number[] | 'refused' => {
  try {
    const sender = otSender(choices.length, seeded(1));
    const { reply, messages } = otReceiver(choices, seeded(2)).respond(changeSetup(sender.setup));
    const pairs = sender.finish(changeReply(reply));
    const same = (i: number) =>
      Buffer.compare(
        messages.subarray(16 * i, 16 * i + 16),
        pairs[choices[i]!]!.subarray(16 * i, 16 * i + 16),
      ) === 0;
    return [0, 1, 2, 3].filter(same);
  } catch (error) {
    if (error instanceof TriadError && error.code === 'bad-message') return 'refused';
    throw error;
  }
};
const unchanged = (m: Uint8Array) => m;
const honest = otSender(choices.length, seeded(1)).setup;
const honestReply = otReceiver(choices, seeded(2)).respond(honest).reply;
const equal = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

test('an unchanged run agrees on everything', () => {
  expect(outcome(unchanged, unchanged)).toEqual([0, 1, 2, 3]);
});

test('a changed setup is refused or leaves no common message', () => {
  const property = (change: (m: Uint8Array) => Uint8Array) => {
    fc.pre(!equal(change(honest), honest));
    expect(['refused', '']).toContain(String(outcome(change, unchanged)));
  };
  fc.assert(fc.property(mutation(pointBytes), property), { seed: 3, numRuns: 150 });
});

test('a changed reply is refused or changes the messages of the elements it touched, and only those', () => {
  const property = (change: (m: Uint8Array) => Uint8Array) => {
    const changed = change(honestReply);
    const kept = [0, 1, 2, 3].filter((i) =>
      equal(changed.subarray(32 * i, 32 * i + 32), honestReply.subarray(32 * i, 32 * i + 32)),
    );
    expect(['refused', String(kept)]).toContain(String(outcome(unchanged, change)));
  };
  fc.assert(fc.property(mutation(4 * pointBytes), property), { seed: 4, numRuns: 150 });
});
