import { type LocalOptions, local, openSession, seededBytes } from '@triad/protocol';
import { memory } from '@triad/ring';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Keys } from '../key/keys.js';
import { type CardinalityOptions, cardinality } from './cardinality.js';

interface Run extends LocalOptions {
  readonly seed?: number;
  readonly padTo?: number;
  /** Options of the second side instead of the sender's. */
  readonly other?: CardinalityOptions;
}

/** A receiver and a sender in one process. */
const parties = async ({ seed = 1, padTo, other, ...options }: Run = {}) => {
  const network = local(2, options);
  const sessions = await Promise.all(
    network.channels.map((channel) =>
      openSession(channel, { parties: 2, random: seededBytes(seed, channel.rank) }),
    ),
  );
  const side = (rank: number, role: 'receiver' | 'sender') => (keys: Keys) => {
    const session = sessions[rank]!;
    const link = {
      session,
      op: session.op('cardinality'),
      peer: 1 - rank,
      random: seededBytes(seed, 2 + rank),
    };
    return cardinality(link, keys, rank === 1 && other ? other : { role, ...(padTo ? { padTo } : {}) });
  };
  return { network, sessions, receive: side(0, 'receiver'), send: side(1, 'sender') };
};

const count = async (x: Keys, y: Keys, run: Run = {}) => {
  const { receive, send } = await parties(run);
  const [received, sent] = await Promise.all([receive(x), send(y)]);
  expect(sent.common).toBeUndefined();
  return received;
};

const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `record ${from + i}`);

test('counts what is common, for sets of any sizes, ratios and overlaps', async () => {
  const before = memory.liveBytes;
  const size = fc.oneof(fc.nat(5), fc.nat(60), fc.nat(2000));
  await fc.assert(
    fc.asyncProperty(
      size,
      size,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(1000),
      async (n, m, part, seed) => {
        const common = Math.floor(part * Math.min(n, m));
        const [x, y] = [keys(0, n), keys(n - common, n - common + m)];
        expect(await count(x, y, { seed })).toEqual({ common, size: n, distinct: n, peerSize: m });
      },
    ),
    { numRuns: 25 },
  );
  expect(memory.liveBytes).toBe(before);
}, 300_000);

describe.each([
  ['disjoint sets', keys(0, 300), keys(300, 600), 0],
  ['identical sets', keys(0, 2000), keys(0, 2000).reverse(), 2000],
  ['an empty receiver', [], keys(0, 10), 0],
  ['an empty sender', keys(0, 10), [], 0],
  ['two empty sets', [], [], 0],
  ['single keys', ['a'], ['a'], 1],
  ['single keys that differ', ['a'], ['b'], 0],
  ['one of many', ['record 77'], keys(0, 1000), 1],
  ['many for one', keys(0, 1000), ['record 77'], 1],
  ['repeated keys', ['a', 'b', 'a', 'a'], ['b', 'a', 'b'], 2],
])('%s', (_, x, y, common) => {
  test(`share ${common}`, async () => {
    const result = await count(x, y);
    expect(result).toEqual({ common, size: x.length, distinct: new Set(x).size, peerSize: new Set(y).size });
  });
});

test('padding hides sizes and is common to nobody', async () => {
  const result = await count(keys(0, 30), keys(20, 60), { padTo: 64 });
  expect(result).toEqual({ common: 10, size: 30, distinct: 30, peerSize: 64 });
});

/** Sizes of all messages, in the order they were sent. */
const trace = async (x: Keys, y: Keys) => {
  const seen: string[] = [];
  const tap: LocalOptions['tap'] = ({ from, bytes }) => {
    seen.push(`${from}: ${bytes.length}`);
    return bytes;
  };
  await count(x, y, { tap });
  return seen;
};

test('messages have the same sizes whatever is common', async () => {
  const x = keys(0, 400);
  const [none, all] = [await trace(x, keys(400, 800)), await trace(x, x)];
  expect(none).toEqual(all);
});

test('two receivers, or a side with another mode, are told so', async () => {
  const { sessions, receive, send } = await parties({ other: { role: 'receiver' } });
  const outcomes = await Promise.allSettled([receive(['a']), send(['a'])]);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ reason: { name: 'TriadError', code: 'mismatch' } });
  }
  await Promise.all(sessions.map((session) => session.close()));
});

/** What happened, with every party's channel closed as soon as one of them fails. */
const settled = async (
  { sessions, receive, send }: Awaited<ReturnType<typeof parties>>,
  x: Keys,
  y: Keys,
) => {
  const failed = (error: unknown) => {
    for (const session of sessions) void session.close();
    throw error;
  };
  const outcomes = await Promise.allSettled([receive(x).catch(failed), send(y).catch(failed)]);
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
};

/** Runs in which one message after the other, beyond those that open the session, is changed. */
const eachChanged = async (
  x: Keys,
  change: (bytes: Uint8Array, place: number) => Uint8Array,
  check: (errors: readonly Error[]) => void,
) => {
  const opening = 2;
  const messages = (await trace(x, x)).length;
  expect(messages).toBeGreaterThan(15);
  for (let place = opening; place < messages; place++) {
    let seen = 0;
    const pair = await parties({ tap: ({ bytes }) => (seen++ === place ? change(bytes, place) : bytes) });
    check(await settled(pair, x, x));
  }
};

test('every message cut, extended or emptied is a typed error, and nothing hangs', () => {
  const changes = [
    (bytes: Uint8Array) => bytes.slice(1),
    (bytes: Uint8Array) => Uint8Array.from([...bytes, 7]),
    () => new Uint8Array(0),
  ];
  const change = (bytes: Uint8Array, place: number) => changes[place % changes.length]!(bytes);
  return eachChanged(keys(0, 40), change, (errors) => {
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error).toMatchObject({ name: 'TriadError' });
  });
});

test.each([
  ['a bit flipped', (bytes: Uint8Array) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 16)],
  ['all bytes replaced', (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0xa5)],
  ['zeros instead', (bytes: Uint8Array) => new Uint8Array(bytes.length)],
])('every message with %s is a typed error or another count', (_, change) =>
  eachChanged(keys(0, 40), change, (errors) => {
    for (const error of errors) expect(error).toMatchObject({ name: 'TriadError' });
  }),
);

test('a set larger than can be counted is refused before anything is made of it', async () => {
  const pair = await parties({
    tap: ({ from, bytes }) => {
      if (from === 1 && bytes.length === 8)
        new DataView(bytes.buffer, bytes.byteOffset).setUint32(4, 2 ** 23, true);
      return bytes;
    },
  });
  const errors = await settled(pair, ['a'], ['a']);
  expect(errors[0]).toMatchObject({ name: 'TriadError', code: 'limit' });
});
