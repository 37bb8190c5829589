import { type LocalOptions, plain } from '@triad/protocol';
import { memory } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { everywhere, job } from './fixture/parties.js';
import { data, Executor, init, layers, program, type RehearsedCall, type Role, reveal } from './index.js';

const values = [
  [0, 1],
  [10, 11],
  [20, 21],
  [30, 31],
];

/** Twice the rows it is fed. */
const doubled = program(() => {
  const x = data({ name: 'x', shape: [null, 2] });
  reveal(layers.scale(x, 2), 'carol', 'doubled');
});

const shared = async (exe: Executor, role: Role) => {
  const { x } = await exe.share({
    x: { owner: 'alice', shape: [4, 2], values: role === 'alice' ? values : [] },
  });
  return x;
};

/** Five parties: `owner` selects rows of what alice shared. */
const run = (owner: Role, rows: readonly number[], options: LocalOptions = {}) => {
  const parties = job(plain(3), ['alice', 'carol'], options);
  const results = everywhere(parties, doubled, async (exe, role) => {
    const chosen = await exe.select(await shared(exe, role), { owner, ...(role === owner && { rows }) });
    const [result] = await exe.run({ feed: { x: chosen }, fetchList: ['doubled'] });
    exe.forget(chosen);
    return { shape: chosen.shape, result: result && [...result.data] };
  });
  return { parties, results };
};

describe('rows that one party selects', () => {
  it.each([0, 2, 'alice', 'carol'])('are those that %s names, in its order', async (owner) => {
    const before = memory.liveBytes;
    const results = await run(owner, [3, 0, 3]).results;
    expect(results.map(({ shape }) => shape)).toEqual(Array(5).fill([3, 2]));
    expect(results.map(({ result }) => result)).toEqual([
      ...Array(4).fill(undefined),
      [60, 62, 0, 2, 60, 62],
    ]);
    expect(memory.liveBytes).toBe(before);
  });

  it('count from the first row of a part, and may be selected from again', async () => {
    const results = await everywhere(job(plain(3), ['alice', 'carol']), doubled, async (exe, role) => {
      const part = (await shared(exe, role)).rows(1, 4);
      const some = await exe.select(part, { owner: 0, rows: [2, 0] });
      const one = await exe.select(some, { owner: 'carol', rows: [1] });
      return Promise.all([some, one].map((x) => exe.reveal(x, 'carol')));
    });
    const [some, one] = results[4]!;
    expect([[...some!.data], [...one!.data]]).toEqual([
      [30, 31, 10, 11],
      [10, 11],
    ]);
  });

  it.each([[[]], [[4]], [[-1]], [[0.5]], [[0, 0, 0, 0, 0]]])(
    'are refused at their owner: %j',
    async (rows) => {
      const { environments, roles } = job(plain(3), ['alice', 'carol']);
      const results = environments.map(async (environment, i) => {
        const exe = new Executor({ environment, program: doubled });
        const x = await shared(exe, roles[i]!);
        return roles[i] === 'alice' ? exe.select(x, { owner: 'alice', rows }) : undefined;
      });
      await expect(results[3]).rejects.toMatchObject({ code: 'bad-argument' });
      await Promise.all(environments.map((environment) => environment.close()));
    },
  );
});

describe('a selection that was changed on its way', () => {
  /** Messages of the selection are those of four bytes, and of eight. */
  const changed = (lengths: number, to: number, change: (bytes: Uint8Array) => Uint8Array) =>
    run('carol', [1, 2], {
      tap: (message) => {
        const { from, bytes } = message;
        return from === 4 && message.to === to && bytes.length === lengths ? change(bytes) : bytes;
      },
    });

  it.each([
    ['a row that is not there', 8, Uint8Array.of(1, 0, 0, 0, 4, 0, 0, 0), 'bad-message'],
    ['more rows than there are', 4, Uint8Array.of(5, 0, 0, 0), 'bad-message'],
    ['no rows', 4, Uint8Array.of(0, 0, 0, 0), 'bad-message'],
    ['a list of another length', 8, Uint8Array.of(1, 0, 0, 0), 'bad-message'],
    ['other rows than the others are told', 8, Uint8Array.of(1, 0, 0, 0, 3, 0, 0, 0), 'mismatch'],
  ])('%s: a typed error', async (_, length, bytes, code) => {
    const { parties, results } = changed(length, 1, () => bytes);
    results.catch(() => {});
    const error = await results.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code });
    await Promise.all(parties.network.channels.map((channel) => channel.close()));
  });
});

it('is rehearsed with all rows, and costs what it says', async () => {
  const calls: RehearsedCall[] = [];
  const rehearsal = {
    outside: ['alice', 'carol'],
    join: () => Promise.reject(new Error('nobody')),
    rehearse: (call: RehearsedCall) => void calls.push(call),
  };
  const exe = new Executor({ environment: init(plain(3), 0, rehearsal), program: doubled });
  const chosen = await exe.select(await shared(exe, 0), { owner: 2 });
  expect(chosen.shape).toEqual([4, 2]);
  const call = calls.find(({ kind }) => kind === 'select');
  expect(call).toMatchObject({ name: 'x', shape: [4, 2], cost: { rounds: 2, bytes: [64, 64, 104] } });
  const parties = job(plain(3));
  const sent = await everywhere(parties, doubled, async (each, role) => {
    const { x } = await each.share({ x: { owner: 0, shape: [4, 2], values: role === 0 ? values : [] } });
    const { traffic } = parties.network.channels[role as number]!;
    const before = traffic.sent.bytes;
    await each.select(x, { owner: 2, rows: [0, 1, 2, 3] });
    return traffic.sent.bytes - before;
  });
  expect(sent).toEqual([64, 64, 104]);
});
