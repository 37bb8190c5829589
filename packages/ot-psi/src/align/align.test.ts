import { local, openSession, type Session } from '@triad/protocol';
import { expect, test } from 'vitest';
import { align } from './align.js';
import { oneHotMap } from './one-hot.js';

const owners = (count: number): Promise<Session[]> =>
  Promise.all(local(count).channels.map((channel) => openSession(channel, { parties: count })));

const keysOf = (owner: number) =>
  ['common', `own ${owner}`, 'everywhere', `next to ${owner}`, 'all'].toSorted((a, b) =>
    owner % 2 === 0 ? a.localeCompare(b) : b.localeCompare(a),
  );

test.each([2, 3])('%i owners have the same keys in the same order', async (count) => {
  const sessions = await owners(count);
  const found = await Promise.all(sessions.map((s) => align(s, s.op('align'), keysOf(s.rank))));
  const keys = found.map(({ rows }, owner) => [...rows].map((row) => keysOf(owner)[row]));
  expect(keys[0]!.toSorted()).toEqual(['all', 'common', 'everywhere']);
  for (const each of keys) expect(each).toEqual(keys[0]);
});

test('repeated keys are refused before anything is sent, or count once', async () => {
  const [a, b] = await owners(2);
  const before = a!.channel.traffic.sent.bytes;
  const repeated = ['x', 'y', 'x', 'z', 'y'];
  await expect(align(a!, a!.op('refuse'), repeated)).rejects.toMatchObject({
    code: 'bad-argument',
    message: expect.stringMatching(/row [24] has the key of row [01], and 1 other rows/),
  });
  expect(a!.channel.traffic.sent.bytes).toBe(before);
  const [first] = await Promise.all([
    align(a!, a!.op('first'), repeated, { duplicates: 'first' }),
    align(b!, b!.op('first'), ['y', 'x', 'w']),
  ]);
  expect([...first.rows].toSorted()).toEqual([0, 1]);
  expect(first.duplicates).toBe(2);
});

test.each([2, 3])(
  '%i owners give categories columns that are the same where all have them',
  async (count) => {
    const sessions = await owners(count);
    const maps = await Promise.all(sessions.map((s) => oneHotMap(s, s.op('map'), keysOf(s.rank))));
    const width = 3 + 2 * count;
    const taken = new Set<number>();
    for (const [owner, { columns, width: said }] of maps.entries()) {
      expect(said).toBe(width);
      expect([...columns.keys()].toSorted()).toEqual(keysOf(owner).toSorted());
      for (const [category, column] of columns) {
        if (maps.every((map) => map.columns.has(category)))
          expect(column).toBe(maps[0]!.columns.get(category));
        else taken.add(column);
      }
    }
    expect([...taken].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 2 * count }, (_, i) => 3 + i));
  },
);
