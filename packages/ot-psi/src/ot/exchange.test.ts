import { type LocalOptions, local, type Message, openSession, seededBytes } from '@triad/protocol';
import { expect, test } from 'vitest';
import { messageBytes, receiveBaseOt, sendBaseOt } from './index.js';

const choices = Uint8Array.of(0, 1, 1, 0, 1);

/** Two parties of one process with an open session; `seed` makes their keys and scalars repeat. */
const parties = async (options: LocalOptions = {}, seed = 1) => {
  const network = local(2, options);
  const sessions = await Promise.all(
    network.channels.map((channel) =>
      openSession(channel, { parties: 2, random: seededBytes(seed, channel.rank) }),
    ),
  );
  return { network, sender: sessions[0]!, receiver: sessions[1]! };
};

type Pair = Awaited<ReturnType<typeof parties>>;

const exchange = ({ sender, receiver }: Pair, name: string) =>
  Promise.all([
    sendBaseOt({ session: sender, op: sender.op(name), peer: 1, random: seededBytes(2, 0) }, choices.length),
    receiveBaseOt({ session: receiver, op: receiver.op(name), peer: 0, random: seededBytes(3, 1) }, choices),
  ]);

/** An offer without P-256, as a browser makes it. */
const withoutP256 = ({ to, bytes }: Message): Uint8Array =>
  to === 1 && bytes.length === 97 ? Uint8Array.from(bytes).fill(0, 32) : bytes;

test.each([
  ['P-256', {}, 65],
  ['ristretto255 where one side has nothing else', { tap: withoutP256 }, 32],
])('the receiver gets what it chose in two rounds, on %s', async (_, options, bytes) => {
  const pair = await parties(options);
  const before = pair.network.rounds;
  const sent = pair.network.channels.map((channel) => channel.traffic.sent.bytes);
  const [pairs, messages] = await exchange(pair, 'ot');
  for (const [i, bit] of choices.entries()) {
    const range = [i * messageBytes, (i + 1) * messageBytes] as const;
    expect(messages.slice(...range)).toEqual(pairs[bit]!.slice(...range));
    expect(messages.slice(...range)).not.toEqual(pairs[1 - bit]!.slice(...range));
  }
  expect(pair.network.rounds - before).toBe(2);
  expect(pair.network.channels.map((channel, i) => channel.traffic.sent.bytes - sent[i]!)).toEqual([
    97,
    1 + bytes * choices.length,
  ]);
});

test('equal scalars give other messages at another op and in another session', async () => {
  const [first, again] = [await parties(), await parties({}, 7)];
  const runs = [await exchange(first, 'a'), await exchange(first, 'b'), await exchange(again, 'a')];
  const seen = new Set(runs.map(([, messages]) => Buffer.from(messages).toString('hex')));
  expect(seen.size).toBe(3);
});

test('an op is used up by a run', async () => {
  const pair = await parties();
  await exchange(pair, 'ot');
  const link = { session: pair.sender, op: pair.sender.op('ot'), peer: 1 };
  await expect(sendBaseOt(link, 1)).rejects.toMatchObject({ code: 'address-reused' });
});

test.each([
  ['sender', 1, (bytes: Uint8Array) => bytes.slice(1)],
  ['sender', 1, (bytes: Uint8Array) => new Uint8Array(bytes.length)],
  ['sender', 1, (bytes: Uint8Array) => new Uint8Array(bytes.length).fill(255)],
  ['receiver', 0, (bytes: Uint8Array) => Uint8Array.from([...bytes, 0])],
  ['receiver', 0, (bytes: Uint8Array) => new Uint8Array(bytes.length)],
  ['receiver', 0, (bytes: Uint8Array) => bytes.with(96, bytes[96]! ^ 1)],
  ['receiver', 0, (bytes: Uint8Array) => Uint8Array.from(bytes).fill(0, 32).with(31, 255)],
  ['sender', 1, (bytes: Uint8Array) => (bytes.length === 1 ? Uint8Array.of(2) : bytes)],
])(
  'a bad message to the %s is a typed error that names the peer and the op',
  async (victim, peer, change) => {
    const to = victim === 'sender' ? 0 : 1;
    let armed = false;
    const pair = await parties({ tap: (m) => (armed && m.to === to ? change(m.bytes) : m.bytes) });
    armed = true;
    const name = 'ot';
    const sending = sendBaseOt({ session: pair.sender, op: pair.sender.op(name), peer: 1 }, choices.length);
    const receiving = receiveBaseOt({ session: pair.receiver, op: pair.receiver.op(name), peer: 0 }, choices);
    const [failed, other] = victim === 'sender' ? [sending, receiving] : [receiving, sending];
    const settled = other.catch((error: unknown) => error);
    await expect(failed).rejects.toMatchObject({
      code: 'bad-message',
      party: peer,
      op: expect.stringContaining('step'),
    });
    await Promise.all([pair.sender.close(), pair.receiver.close()]);
    await settled;
  },
);
