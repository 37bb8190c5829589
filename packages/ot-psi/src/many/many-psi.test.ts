import { local, type Message, openSession, seededBytes } from '@triad/protocol';
import { memory } from '@triad/ring';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ManyPsiOptions, manyPsi } from './many-psi.js';

/** All owners of one run in this process. */
const run = async (
  sets: readonly (readonly string[])[],
  options: ManyPsiOptions = {},
  tap?: (message: Message) => Uint8Array | undefined,
) => {
  const network = local(sets.length, tap ? { tap } : {});
  const sessions = await Promise.all(
    network.channels.map((channel) => openSession(channel, { parties: sets.length })),
  );
  const before = network.rounds;
  const closing = (error: unknown) => {
    for (const session of sessions) void session.close();
    throw error;
  };
  const outcomes = await Promise.allSettled(
    sessions.map((s, owner) => manyPsi(s, s.op('many'), sets[owner]!, options).catch(closing)),
  );
  return { outcomes, rounds: network.rounds - before };
};

const results = async (sets: readonly (readonly string[])[], options: ManyPsiOptions = {}) => {
  const { outcomes } = await run(sets, options);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
};

const common = (sets: readonly (readonly string[])[]): string[] =>
  [...new Set(sets[0])].filter((key) => sets.every((set) => set.includes(key))).toSorted();

describe('all owners', () => {
  const key = fc.nat(30).map((i) => `key ${i}`);

  test.each([2, 3, 5])(
    'of %i find what all of them have, in one order, and nothing else',
    async (owners) => {
      const sets = fc.array(fc.array(key, { maxLength: 60 }), { minLength: owners, maxLength: owners });
      const property = async (each: string[][], leader: number) => {
        const before = memory.liveBytes;
        const found = await results(each, { result: 'all', leader });
        const keys = found.map(({ rows }, owner) => [...rows!].map((row) => each[owner]![row]!));
        for (const some of keys) expect(some).toEqual(keys[0]);
        expect(keys[0]!.toSorted()).toEqual(common(each));
        for (const [owner, { distinct }] of found.entries()) expect(distinct).toBe(new Set(each[owner]).size);
        expect(memory.liveBytes).toBe(before);
      };
      await fc.assert(fc.asyncProperty(sets, fc.nat(owners - 1), property), { seed: owners, numRuns: 12 });
    },
    60_000,
  );

  test('of identical, disjoint and empty sets', async () => {
    const a = Array.from({ length: 300 }, (_, i) => `a${i}`);
    const b = Array.from({ length: 300 }, (_, i) => `b${i}`);
    expect((await results([a, a, a]))[0]!.rows).toHaveLength(300);
    expect((await results([a, b, a]))[0]!.rows).toHaveLength(0);
    expect((await results([a, [], a]))[0]!.rows).toHaveLength(0);
  });

  test('learn nothing unless they are to: the leader alone does', async () => {
    const found = await results([['a', 'b'], ['b'], ['b', 'c']], { leader: 1 });
    expect(found.map(({ rows }) => rows && [...rows])).toEqual([undefined, [0], undefined]);
  });
});

describe('the leader', () => {
  const shared = Array.from({ length: 200 }, (_, i) => `all ${i}`);
  const pairs = Array.from({ length: 1000 }, (_, i) => `pair ${i}`);
  const others = (owner: number) => Array.from({ length: 1000 }, (_, i) => `own ${owner} ${i}`);

  /** What owner 0 receives in a run, message by message. */
  const view = async (sets: readonly (readonly string[])[]) => {
    const received: Message[] = [];
    await run(sets, {}, (message) => {
      if (message.to === 0) received.push(message);
      return message.bytes;
    });
    return received;
  };

  test('sees as many bytes, as even, whether two owners share keys or not', async () => {
    const mine = [...shared, ...pairs];
    const withPairs = await view([mine, [...shared, ...pairs], [...shared, ...others(2)]]);
    const without = await view([mine, [...shared, ...others(1)], [...shared, ...others(2)]]);
    const shape = (messages: readonly Message[]) =>
      messages.map(({ from, address, bytes }) => `${from} ${address.path} ${bytes.length}`).toSorted();
    expect(shape(withPairs)).toEqual(shape(without));
    for (const messages of [withPairs, without]) {
      for (const { bytes } of messages.filter(({ bytes }) => bytes.length > 2 ** 16)) {
        const counts = new Float64Array(256);
        for (const byte of bytes) counts[byte]!++;
        const mean = bytes.length / 256;
        const chi = counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
        // Mean 255, deviation 22.6; six deviations.
        expect(Math.abs(chi - 255)).toBeLessThan(6 * 22.6);
      }
    }
  });

  test('does not find keys that all but one owner have', async () => {
    const [leader] = await results([
      [...shared, ...pairs],
      [...shared, ...pairs],
      [...shared, ...pairs],
      [...shared, ...others(3)],
    ]);
    expect(leader!.rows).toHaveLength(shared.length);
  });
});

test('a run takes six rounds, or seven where all are told', async () => {
  const sets = [['a'], ['a'], ['a']];
  expect((await run(sets)).rounds).toBe(6);
  expect((await run(sets, { result: 'all' })).rounds).toBe(7);
});

test('a message that was changed is a typed error, or no item is found that is not common', async () => {
  const sets = [
    ['a', 'b', 'c'],
    ['b', 'c', 'd'],
    ['c', 'b', 'x'],
  ];
  let messages = 0;
  await run(sets, {}, ({ bytes }) => {
    messages++;
    return bytes;
  });
  const changes = [
    (bytes: Uint8Array) => bytes.slice(1),
    (bytes: Uint8Array) => seededBytes(9, 0)(bytes.length),
  ];
  for (const change of changes) {
    for (let place = 12; place < messages; place++) {
      let seen = 0;
      const { outcomes } = await run(sets, {}, ({ bytes }) => (seen++ === place ? change(bytes) : bytes));
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason.name).toBe('TriadError');
        else for (const row of outcome.value.rows ?? []) expect(['b', 'c']).toContain(sets[0]![row]);
      }
    }
  }
}, 60_000);

test.each([
  [1, 0],
  [3, 3],
])('%i owners and leader %i are refused', async (owners, leader) => {
  const sets = Array.from({ length: owners }, () => ['a']);
  await expect(results(sets, { leader })).rejects.toMatchObject({ code: 'bad-argument' });
});
