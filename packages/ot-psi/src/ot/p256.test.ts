import { readFileSync } from 'node:fs';
import { seededBytes } from '@triad/protocol';
import { expect, test } from 'vitest';
import { otReceiver, otSender } from './index.js';
import { p256 } from './p256.js';

const fromHex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const vector = JSON.parse(readFileSync(new URL('../../vector/rfc5903.json', import.meta.url), 'utf8')) as {
  readonly i: string;
  readonly gi: string;
  readonly r: string;
  readonly gr: string;
  readonly girx: string;
};
const group = p256!;
const session = new TextEncoder().encode('p256');

test('elements and products are those of RFC 5903, section 8.1', () => {
  const sender = group.sender(() => fromHex(vector.i));
  expect(hex(sender.setup)).toBe(`04${vector.gi}`);
  const choose = group.receiver(sender.setup, {});
  for (const choice of [0, 1]) {
    const { sent, agreed } = choose(Uint8Array.of(choice), () => fromHex(vector.r));
    if (choice === 0) expect(hex(sent[0]!)).toBe(`04${vector.gr}`);
    expect(hex(agreed[0]!)).toBe(vector.girx);
    expect(hex(sender.agree(sent[0]!, 1, {})[choice]![0]!)).toBe(vector.girx);
  }
});

test('500 OTs give the receiver the message it chose and no other', () => {
  const choices = seededBytes(1, 0)(500).map((byte) => byte & 1);
  const sender = otSender(500, { session, group });
  const { reply, messages } = otReceiver(choices, { session, group }).respond(sender.setup);
  const pairs = sender.finish(reply);
  const at = (bytes: Uint8Array, i: number) => hex(bytes.subarray(16 * i, 16 * i + 16));
  for (const [i, bit] of choices.entries()) {
    expect(at(messages, i)).toBe(at(pairs[bit]!, i));
    expect(at(messages, i)).not.toBe(at(pairs[1 - bit]!, i));
  }
});

test('what is no element is refused, and so is the identity', () => {
  const refused = expect.objectContaining({ code: 'bad-message', party: 1 });
  const peer = { party: 1 };
  const { setup } = group.sender((n) => seededBytes(2, 0)(n));
  const off = setup.with(64, setup[64]! ^ 1);
  for (const bad of [off, setup.with(0, 5), new Uint8Array(65), new Uint8Array(1), setup.subarray(1)]) {
    expect(() => otReceiver(Uint8Array.of(1), { session, group, peer }).respond(bad)).toThrowError(refused);
    expect(() => otSender(1, { session, group, peer }).finish(bad)).toThrowError(refused);
  }
});

test("the sender's own element is refused: less it, nothing would be left", () => {
  const sender = otSender(1, { session, group, peer: { party: 1 } });
  expect(() => sender.finish(sender.setup)).toThrowError(
    expect.objectContaining({ code: 'bad-message', message: expect.stringContaining("is the sender's") }),
  );
});
