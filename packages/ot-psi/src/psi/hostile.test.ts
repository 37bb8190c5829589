import { type LocalOptions, seededBytes } from '@triad/protocol';
import { memory } from '@triad/ring';
import { describe, expect, test } from 'vitest';
import { digestsOf, linksOf, namesOf, openPair, setOf } from '../fixture/pair.js';
import { kkrt16 } from '../kkrt16/kkrt16.js';
import { rr22 } from '../rr22/rr22.js';
import type { Matches, PsiProtocol } from './protocol.js';

const size = 40;
const mine = digestsOf(0, size);
const theirs = digestsOf(20, 20 + size);

/** Indices of the receiver's items that are common. */
const commonIndices = (): number[] => {
  const [x, y] = [setOf(mine), setOf(theirs)];
  const others = new Set(namesOf(y));
  const common = namesOf(x).flatMap((name, i) => (others.has(name) ? [i] : []));
  x.dispose();
  y.dispose();
  return common;
};
/** Messages by which the parties open the session: not this protocol's. */
const opening = 2;

/** A whole run, base OTs first; a side that fails closes its session, as programs do. */
const run = async (protocol: PsiProtocol, options: LocalOptions) => {
  const { sessions } = await openPair(5, options);
  const link = linksOf(sessions, 5);
  const [x, y] = [setOf(mine), setOf(theirs)];
  const closing = (error: unknown) => {
    for (const session of sessions) void session.close();
    throw error;
  };
  const receive = async () =>
    (await protocol.receiver(link(0, 'base'))).run(link(0, 'run'), x, y.size).catch(closing);
  const send = async () =>
    (await protocol.sender(link(1, 'base'))).run(link(1, 'run'), y, x.size).catch(closing);
  try {
    return await Promise.allSettled([receive().catch(closing), send().catch(closing)]);
  } finally {
    x.dispose();
    y.dispose();
  }
};

/** Runs with message number `place` changed. */
const changed = (protocol: PsiProtocol, place: number, change: (bytes: Uint8Array) => Uint8Array) => {
  let seen = 0;
  return run(protocol, { tap: ({ bytes }) => (seen++ === place ? change(bytes) : bytes) });
};

const count = async (protocol: PsiProtocol) => {
  let messages = 0;
  await run(protocol, {
    tap: ({ bytes }) => {
      messages++;
      return bytes;
    },
  });
  return messages;
};

describe.each<[string, (bytes: Uint8Array) => Uint8Array]>([
  ['cut', (bytes) => bytes.slice(1)],
  ['extended', (bytes) => Uint8Array.from([...bytes, 0])],
  ['emptied', () => new Uint8Array(0)],
])('a message that was %s', (_, change) => {
  test.each([rr22, kkrt16])(
    'is a typed error at whoever takes it: $name',
    async (protocol) => {
      const before = memory.liveBytes;
      const messages = await count(protocol);
      expect(messages).toBeGreaterThan(opening + 5);
      for (let place = opening; place < messages; place++) {
        const outcomes = await changed(protocol, place, change);
        const codes = outcomes.flatMap((o) => (o.status === 'rejected' ? [o.reason.code] : []));
        expect(codes).toContain('bad-message');
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected') expect(outcome.reason.name).toBe('TriadError');
        }
      }
      expect(memory.liveBytes).toBe(before);
    },
    60_000,
  );
});

describe.each<[string, (bytes: Uint8Array) => Uint8Array]>([
  ['zeros', (bytes) => new Uint8Array(bytes.length)],
  ['ones', (bytes) => new Uint8Array(bytes.length).fill(255)],
  ['noise', (bytes) => seededBytes(6, 0)(bytes.length)],
  ['its own first half twice', (bytes) => bytes.map((_, i) => bytes[i % (bytes.length >> 1)]!)],
])('a message of the right length that is %s', (_, change) => {
  test.each([rr22, kkrt16])(
    'is a typed error or finds nothing that is not there: $name',
    async (protocol) => {
      const before = memory.liveBytes;
      const messages = await count(protocol);
      const common = commonIndices();
      expect(common.length).toBe(20);
      for (let place = opening; place < messages; place++) {
        const [received, sent] = await changed(protocol, place, change);
        for (const outcome of [received!, sent!]) {
          if (outcome.status === 'rejected') expect(outcome.reason.name).toBe('TriadError');
        }
        if (received!.status !== 'fulfilled') continue;
        const { own, slots } = received!.value as Matches;
        for (const i of own) expect(common).toContain(i);
        for (const slot of slots) expect(slot).toBeLessThan(3 * size);
      }
      expect(memory.liveBytes).toBe(before);
    },
    60_000,
  );
});
