import { type LocalOptions, local, openSession, seededBytes } from '@triad/protocol';
import { memory, Prg, Tensor, xor } from '@triad/ring';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OtLink } from '../ot/exchange.js';
import { baseForReceiver, baseForSender, receiveRandomOt, sendRandomOt } from '../ot/index.js';
import { layerBatches, waksman } from './network.js';
import { type ReceiveOts, receivePermuted, type SendOts, sendPermuted } from './permute-and-share.js';
import { randomPermutation } from './random-permutation.js';

/** Random OTs as a dealer would hand them out: both sides' from one key, and no message. */
const dealtOts = (seed: number): readonly [SendOts, ReceiveOts] => {
  const prg = new Prg(seededBytes(seed, 9)(16));
  const deal = ({ op }: OtLink, side: number, count: number): Uint8Array => {
    const keys = Tensor.empty([count, 2]);
    prg.fill(op.address.index, op.address.path, side, keys);
    const bytes = keys.toBytes();
    keys.dispose();
    return bytes;
  };
  return [
    async (link, count) => [deal(link, 0, count), deal(link, 1, count)],
    async (link, choices) => {
      const pairs = [0, 1].map((side) => deal(link, side, choices.length));
      return pairs[0]!.map((byte, i) => (choices[i >> 4] === 1 ? pairs[1]![i]! : byte));
    },
  ];
};

interface Run extends LocalOptions {
  readonly seed?: number;
}

/** Both sides over words and a permutation. */
const parties = async ({ seed = 1, ...options }: Run = {}) => {
  const network = local(2, options);
  const sessions = await Promise.all(
    network.channels.map((channel) =>
      openSession(channel, { parties: 2, random: seededBytes(seed, channel.rank) }),
    ),
  );
  const [sendOts, receiveOts] = dealtOts(seed);
  const link = (rank: number, name = 'permute'): OtLink => ({
    session: sessions[rank]!,
    op: sessions[rank]!.op(name),
    peer: 1 - rank,
    random: seededBytes(seed + 1, rank),
  });
  return {
    network,
    sessions,
    link,
    send: (words: Tensor) => sendPermuted(link(0), sendOts, words),
    receive: (permutation: Uint32Array) => receivePermuted(link(1), receiveOts, permutation),
  };
};

const permuted = async (
  values: BigInt64Array,
  permutation: Uint32Array,
  run: Run = {},
): Promise<bigint[]> => {
  const { send, receive } = await parties(run);
  const words = Tensor.from([values.length], values);
  const [a, b] = await Promise.all([send(words), receive(permutation)]);
  const out = xor(a, b);
  const result = out.toBigInts();
  for (const tensor of [words, a, b, out]) tensor.dispose();
  return result;
};

const key = (seed: number) => seededBytes(seed, 5)(16);

test('the shares add up to the permuted words, whatever the sizes', async () => {
  const before = memory.liveBytes;
  const sizes = fc.oneof(fc.nat(70), fc.integer({ min: 70, max: 5000 }));
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(10_000), async (n, seed) => {
      const permutation = randomPermutation(n, key(seed));
      const values = new BigInt64Array(seededBytes(seed, 1)(8 * n).buffer.slice(0, 8 * n));
      const result = await permuted(values, permutation, { seed });
      expect(result).toEqual(Array.from(permutation, (i) => values[i]!));
    }),
    { numRuns: 40 },
  );
  expect(memory.liveBytes).toBe(before);
});

test('several batches: a word of 8 bytes for every lane and switch, from the sender alone', async () => {
  const lanes = 60_001;
  const { network, send, receive } = await parties();
  const sent = network.channels.map((channel) => channel.traffic.sent.bytes);
  const values = BigInt64Array.from({ length: lanes }, (_, i) => BigInt(i));
  const words = Tensor.from([lanes], values);
  const permutation = randomPermutation(lanes, key(1));
  const shares = await Promise.all([send(words), receive(permutation)]);
  const out = xor(...shares);
  expect(out.toBigInts()).toEqual(Array.from(permutation, BigInt));
  for (const tensor of [words, out, ...shares]) tensor.dispose();
  const { switches } = waksman(lanes);
  expect(layerBatches(waksman(lanes)).length).toBeGreaterThan(2);
  const bytes = network.channels.map((channel, i) => channel.traffic.sent.bytes - sent[i]!);
  expect(bytes).toEqual([8 * (lanes + switches), 0]);
});

/** Fails where a bit lane of the messages' words is not a fair coin, by five standard deviations; runs are seeded. Returns the number of words. */
const expectUniform = (messages: readonly Uint8Array[]): number => {
  const words = new BigUint64Array(Uint8Array.from(messages.flatMap((bytes) => [...bytes])).buffer);
  for (let bit = 0n; bit < 64n; bit++) {
    const ones = words.reduce((sum, word) => sum + Number((word >> bit) & 1n), 0);
    expect(Math.abs(ones - words.length / 2)).toBeLessThan(2.5 * Math.sqrt(words.length));
  }
  return words.length;
};

test('what the receiver gets is uniform in every bit lane, for zeros as for ones', async () => {
  const lanes = 3000;
  for (const value of [0n, -1n]) {
    const bytes: Uint8Array[] = [];
    const words = Tensor.from([lanes], new BigInt64Array(lanes).fill(value));
    const { send, receive } = await parties({
      seed: 7,
      tap: (message) => {
        if (message.to === 1 && message.bytes.length > 64) bytes.push(message.bytes);
        return message.bytes;
      },
    });
    const shares = await Promise.all([send(words), receive(randomPermutation(lanes, key(2)))]);
    expect(expectUniform(bytes)).toBe(lanes + waksman(lanes).switches);
    for (const tensor of [words, ...shares]) tensor.dispose();
  }
});

test('over the OT extension, what the sender gets is uniform in every bit lane, for no exchange as for many', async () => {
  const lanes = 1000;
  const same = new Uint32Array(lanes).map((_, i) => i);
  for (const permutation of [same, same.toReversed(), randomPermutation(lanes, key(8))]) {
    const bytes: Uint8Array[] = [];
    let armed = false;
    const { link } = await parties({
      seed: 9,
      tap: (message) => {
        if (armed && message.to === 0) bytes.push(message.bytes);
        return message.bytes;
      },
    });
    const [sender, receiver] = await Promise.all([
      baseForSender(link(0, 'base')),
      baseForReceiver(link(1, 'base')),
    ]);
    armed = true;
    const words = Tensor.from(
      [lanes],
      new BigInt64Array(lanes).map((_, i) => BigInt(i)),
    );
    const shares = await Promise.all([
      sendPermuted(link(0), (at, count) => sendRandomOt(at, sender, count), words),
      receivePermuted(link(1), (at, choices) => receiveRandomOt(at, receiver, choices), permutation),
    ]);
    const out = xor(...shares);
    expect(out.toBigInts()).toEqual(Array.from(permutation, BigInt));
    expectUniform(bytes);
    for (const tensor of [words, out, ...shares]) tensor.dispose();
  }
});

test('messages have the same sizes for all permutations and words', async () => {
  const sizes = async (value: bigint, permutation: Uint32Array) => {
    const seen: string[] = [];
    const tap: LocalOptions['tap'] = ({ from, bytes }) => {
      seen.push(`${from}: ${bytes.length}`);
      return bytes;
    };
    await permuted(new BigInt64Array(777).fill(value), permutation, { tap });
    return seen;
  };
  const identity = new Uint32Array(777).map((_, i) => i);
  expect(await sizes(0n, identity)).toEqual(await sizes(5n, randomPermutation(777, key(3))));
});

test("equal words come out as equal shares of neither side's making", async () => {
  const { send, receive } = await parties();
  const words = Tensor.zeros([500]);
  const [a, b] = await Promise.all([send(words), receive(randomPermutation(500, key(4)))]);
  expect(new Set(a.toBigInts()).size).toBe(500);
  expect(b.toBigInts()).toEqual(a.toBigInts());
  for (const tensor of [words, a, b]) tensor.dispose();
});

test.each([
  ['the masked words', 0, (bytes: Uint8Array) => bytes.slice(1)],
  ['the masked words', 0, () => new Uint8Array(0)],
  ['a batch', 1, (bytes: Uint8Array) => Uint8Array.from([...bytes, 0])],
  ['a batch', 1, (bytes: Uint8Array) => bytes.slice(8)],
])('another length of %s is a typed error that leaves no memory taken', async (_, place, change) => {
  const before = memory.liveBytes;
  let armed = false;
  let seen = 0;
  const { sessions, send, receive } = await parties({
    tap: ({ bytes }) => (armed && seen++ === place ? change(bytes) : bytes),
  });
  armed = true;
  const words = Tensor.zeros([100]);
  const [sent, received] = await Promise.allSettled([send(words), receive(randomPermutation(100, key(5)))]);
  expect(received).toMatchObject({ reason: { name: 'TriadError', code: 'bad-message', party: 0 } });
  if (sent.status === 'fulfilled') sent.value.dispose();
  words.dispose();
  await Promise.all(sessions.map((session) => session.close()));
  expect(memory.liveBytes).toBe(before);
});

test('changed messages of the right length change words, and nothing else', async () => {
  let armed = false;
  const { send, receive } = await parties({ tap: ({ bytes }) => (armed ? bytes.map((b) => b ^ 1) : bytes) });
  armed = true;
  const words = Tensor.zeros([50]);
  const shares = await Promise.all([send(words), receive(randomPermutation(50, key(6)))]);
  expect(shares.map((share) => share.size)).toEqual([50, 50]);
  for (const tensor of [words, ...shares]) tensor.dispose();
});

test('a failing OT is the error of whoever needs it', async () => {
  const before = memory.liveBytes;
  const broken = new Error('no OT today');
  const { sessions } = await parties();
  const link: OtLink = { session: sessions[1]!, op: sessions[1]!.op('other'), peer: 0 };
  const fails = () => Promise.reject(broken);
  const receiving = receivePermuted(link, fails, randomPermutation(9, key(7)));
  sessions[0]!.op('other').at(0).send(1, new Uint8Array(72));
  await expect(receiving).rejects.toBe(broken);
  const words = Tensor.zeros([9]);
  const at: OtLink = { session: sessions[0]!, op: sessions[0]!.op('third'), peer: 1 };
  await expect(sendPermuted(at, fails, words)).rejects.toBe(broken);
  words.dispose();
  expect(memory.liveBytes).toBe(before);
});
