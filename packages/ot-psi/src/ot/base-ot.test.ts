import { readFileSync } from 'node:fs';
import { seededBytes, TriadError } from '@triad/protocol';
import { describe, expect, test } from 'vitest';
import { messageBytes, type OtRun, otReceiver, otSender } from './index.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const fromHex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const session = new TextEncoder().encode('test');

/** Hands out the given seeds in turn, in place of randomness. */
const tape = (seeds: readonly Uint8Array[]) => {
  let next = 0;
  return () => seeds[next++]!;
};

/** An honest run in which a message may be changed on its way. */
const exchange = (choices: Uint8Array, sides: { readonly sender: OtRun; readonly receiver: OtRun }) => {
  const sender = otSender(choices.length, sides.sender);
  const { reply, messages } = otReceiver(choices, sides.receiver).respond(sender.setup);
  return { messages, pairs: sender.finish(reply), setup: sender.setup, reply };
};

const at = (messages: Uint8Array, i: number) =>
  hex(messages.subarray(i * messageBytes, (i + 1) * messageBytes));

test('1000 OTs give the receiver the message it chose and no other', () => {
  const choices = seededBytes(1, 0)(1000).map((byte) => byte & 1);
  const run = { session };
  const { messages, pairs } = exchange(choices, { sender: run, receiver: run });
  const seen = new Set<string>();
  for (const [i, bit] of choices.entries()) {
    expect(at(messages, i)).toBe(at(pairs[bit]!, i));
    expect(at(messages, i)).not.toBe(at(pairs[1 - bit]!, i));
    seen.add(at(pairs[0], i)).add(at(pairs[1], i));
  }
  expect(seen.size).toBe(2000);
});

interface Vector {
  readonly session: string;
  readonly senderSeed: string;
  readonly receiverSeeds: readonly string[];
  readonly choices: readonly number[];
  readonly setup: string;
  readonly reply: string;
  readonly pairs: readonly [string, string];
  readonly messages: string;
}
const vectors = JSON.parse(readFileSync(new URL('../../vector/base-ot.json', import.meta.url), 'utf8')) as {
  readonly runs: readonly Vector[];
};

test.each(vectors.runs)('agrees with the independent computation of a run of $choices', (vector) => {
  const name = fromHex(vector.session);
  const found = exchange(Uint8Array.from(vector.choices), {
    sender: { session: name, random: tape([fromHex(vector.senderSeed)]) },
    receiver: { session: name, random: tape(vector.receiverSeeds.map(fromHex)) },
  });
  expect(hex(found.setup)).toBe(vector.setup);
  expect(hex(found.reply)).toBe(vector.reply);
  expect(found.pairs.map(hex)).toEqual(vector.pairs);
  expect(hex(found.messages)).toBe(vector.messages);
});

test('the session and the index are bound into every message', () => {
  const seeds = [1, 2].map((seed) => seededBytes(seed, 0)(64));
  const choices = Uint8Array.of(0, 0);
  const runIn = (name: string) => {
    const bytes = new TextEncoder().encode(name);
    return exchange(choices, {
      sender: { session: bytes, random: tape([seeds[0]!]) },
      receiver: { session: bytes, random: tape([seeds[1]!, seeds[1]!]) },
    });
  };
  const [one, other] = [runIn('one'), runIn('other')];
  expect(hex(one.reply)).toBe(hex(other.reply));
  expect(at(one.messages, 0)).not.toBe(at(other.messages, 0));
  expect(at(one.messages, 0)).not.toBe(at(one.messages, 1));
});

test('sides that name different sessions agree on nothing', () => {
  const choices = Uint8Array.of(0, 1, 1, 0);
  const { messages, pairs } = exchange(choices, {
    sender: { session },
    receiver: { session: Uint8Array.of(1) },
  });
  for (const [i, bit] of choices.entries()) expect(at(messages, i)).not.toBe(at(pairs[bit]!, i));
});

describe('misuse', () => {
  test('a machine takes one message only', () => {
    const sender = otSender(1, { session });
    const receiver = otReceiver(Uint8Array.of(1), { session });
    const { reply } = receiver.respond(sender.setup);
    sender.finish(reply);
    expect(() => sender.finish(reply)).toThrowError(expect.objectContaining({ code: 'address-reused' }));
    expect(() => receiver.respond(sender.setup)).toThrowError(
      expect.objectContaining({ code: 'address-reused' }),
    );
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 60])('a count of %s is refused', (count) => {
    expect(() => otSender(count, { session })).toThrowError(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });

  test.each([[[]], [[0, 2]], [[255]]])('choice bits %j are refused', (choices) => {
    expect(() => otReceiver(Uint8Array.from(choices), { session })).toThrowError(TriadError);
  });

  test('changing choices or messages afterwards changes nothing', () => {
    const choices = Uint8Array.of(1);
    const sender = otSender(1, { session });
    const receiver = otReceiver(choices, { session });
    choices[0] = 0;
    const setup = sender.setup.slice();
    sender.setup.fill(0);
    const { reply, messages } = receiver.respond(setup);
    expect(hex(messages)).toBe(hex(sender.finish(reply)[1]));
  });
});
