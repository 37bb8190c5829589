import { local, openSession, seededBytes } from '@triad/protocol';
import { memory, Tensor } from '@triad/ring';
import { describe, expect, test } from 'vitest';
import { kernels } from '../kernel.js';
import { prove, verify } from './check.js';
import {
  baseForReceiver,
  baseForSender,
  type OtLink,
  receiveCorrelatedOt,
  receiveRandomOt,
  receiverSeedsIn,
  sendCorrelatedOt,
  senderSeedsIn,
  sendRandomOt,
} from './index.js';

const count = 1000;
const choices = seededBytes(1, 0)(count).map((byte) => byte & 1);
const xor = (x: Uint8Array, y: Uint8Array) => x.map((byte, i) => byte ^ y[i]!);
const at = (blocks: Uint8Array, i: number) => blocks.subarray(16 * i, 16 * i + 16);

const tensorOf = (bytes: Uint8Array) => Tensor.fromBytes([bytes.length / 16, 2], bytes);

/** Two parties whose messages of the extension may be changed on their way to the sender. */
const parties = async (change: (message: Uint8Array) => Uint8Array = (message) => message) => {
  const { channels } = local(2, {
    tap: ({ to, bytes }) => (to === 0 && bytes.length > 128 * 65 ? change(bytes) : bytes),
  });
  const [sender, receiver] = await Promise.all(
    channels.map((channel, r) => openSession(channel, { parties: 2, random: seededBytes(2, r) })),
  );
  const links = (name: string): readonly [OtLink, OtLink] => [
    { session: sender!, op: sender!.op(name), peer: 1 },
    { session: receiver!, op: receiver!.op(name), peer: 0 },
  ];
  const [s, r] = links('base');
  const [own, theirs] = await Promise.all([
    baseForSender({ ...s, random: seededBytes(3, 0) }),
    baseForReceiver({ ...r, random: seededBytes(3, 1) }),
  ]);
  return { links, own, theirs };
};

test('products over GF(2^128) are those of polynomials', () => {
  const big = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const multiply = (x: bigint, y: bigint): bigint => {
    let [out, power] = [0n, x];
    for (let rest = y; rest > 0n; rest >>= 1n) {
      if (rest & 1n) out ^= power;
      power <<= 1n;
      if (power >> 128n) power ^= (1n << 128n) | 0x87n;
    }
    return out;
  };
  const [x, y] = [seededBytes(4, 0)(16 * 50), seededBytes(4, 1)(16 * 50)];
  const tensors = [x, y].map((bytes) => Tensor.fromBytes([50, 2], bytes));
  const out = Tensor.empty([1, 2]);
  kernels().gfDot(tensors[0]!.ptr, tensors[1]!.ptr, 50, out.ptr);
  let sum = 0n;
  for (let i = 0; i < 50; i++) sum ^= multiply(big(at(x, i)), big(at(y, i)));
  expect(big(out.toBytes())).toBe(sum);
  for (const tensor of [...tensors, out]) tensor.dispose();
});

test.each([false, true])(
  'correlated OTs differ by delta where the choice is 1 (check: %s)',
  async (check) => {
    const { links, own, theirs } = await parties();
    const before = memory.liveBytes;
    const [s, r] = links('run');
    const [q, t] = await Promise.all([
      sendCorrelatedOt(s, own, count, { check }),
      receiveCorrelatedOt(r, theirs, choices, { check }),
    ]);
    for (let i = 0; i < count; i++) {
      expect(xor(at(q, i), at(t, i))).toEqual(choices[i] === 1 ? own.delta : new Uint8Array(16));
    }
    expect(memory.liveBytes).toBe(before);
  },
);

describe('the check', () => {
  const run = async (change: (message: Uint8Array) => Uint8Array) => {
    const { links, own, theirs } = await parties(change);
    const [s, r] = links('run');
    const before = memory.liveBytes;
    const sending = sendRandomOt(s, own, count, { check: true }).catch((error: unknown) => error);
    await receiveRandomOt(r, theirs, choices, { check: true });
    const outcome = await sending;
    expect(memory.liveBytes).toBe(before);
    return { outcome };
  };

  test('passes an honest receiver', async () => {
    expect((await run((message) => message)).outcome).toBeInstanceOf(Array);
  });

  test('finds out a receiver who chose otherwise in a column, where that bit of delta is 1', () => {
    const n = 1280;
    const [message, delta, bits] = [seededBytes(5, 0)(4096), seededBytes(5, 1)(16), seededBytes(5, 2)(n / 8)];
    const t = seededBytes(5, 3)(16 * n);
    const bit = (bytes: Uint8Array, i: number) => (bytes[i >> 3]! >> (i & 7)) & 1;
    const q = t.slice();
    for (let i = 0; i < n; i++) if (bit(bits, i) === 1) q.set(xor(at(t, i), delta), 16 * i);
    const [rows, choices, honest] = [tensorOf(t), Tensor.fromBytes([n / 64], bits), tensorOf(q)];
    const proof = prove(message, choices, rows);
    expect(verify(message, proof, delta, honest)).toBe(true);
    for (let j = 0; j < 128; j++) {
      const row = 7 * j;
      const other = q.slice();
      other[16 * row + (j >> 3)]! ^= bit(delta, j) << (j & 7);
      const guessed = tensorOf(other);
      expect(verify(message, proof, delta, guessed), `column ${j}`).toBe(bit(delta, j) === 0);
      guessed.dispose();
    }
    for (const tensor of [rows, choices, honest]) tensor.dispose();
  });

  test('finds out a message that was changed on its way', async () => {
    for (const place of [0, 5000, 128 * 160 - 1]) {
      const { outcome } = await run((message) => message.with(place, message[place]! ^ 1));
      expect(outcome).toMatchObject({ code: 'bad-message', party: 1 });
    }
  });

  test('finds out changed sums', async () => {
    for (const place of [1, 17]) {
      const { outcome } = await run((message) => message.with(-place, message.at(-place)! ^ 0x80));
      expect(outcome).toMatchObject({ code: 'bad-message', party: 1 });
    }
  });
});

test('seeds kept for another session give other OTs there', async () => {
  const [first, second] = [await parties(), await parties()];
  const { own, theirs } = first;
  const random = async ({ links }: typeof first, name: string) => {
    const [s, r] = links(name);
    const seeds = [senderSeedsIn(s, own), receiverSeedsIn(r, theirs)] as const;
    const [pairs, messages] = await Promise.all([
      sendRandomOt(s, seeds[0], count),
      receiveRandomOt(r, seeds[1], choices),
    ]);
    for (let i = 0; i < count; i += 37) expect(at(messages, i)).toEqual(at(pairs[choices[i]!]!, i));
    return Buffer.from(messages).toString('hex');
  };
  const third = await openFreshly();
  const seen = new Set([await random(first, 'a'), await random(first, 'b'), await random(third, 'a')]);
  expect(seen.size).toBe(3);
  expect(second.own.delta).toEqual(first.own.delta);
});

/** A session of other seeds. */
const openFreshly = async () => {
  const sessions = await Promise.all(
    local(2).channels.map((channel) => openSession(channel, { parties: 2 })),
  );
  const links = (name: string): readonly [OtLink, OtLink] => [
    { session: sessions[0]!, op: sessions[0]!.op(name), peer: 1 },
    { session: sessions[1]!, op: sessions[1]!.op(name), peer: 0 },
  ];
  return { ...(await parties()), links };
};
