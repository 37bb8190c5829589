import type { LocalOptions } from '@triad/protocol';
import { memory } from '@triad/ring';
import { expect, test } from 'vitest';
import { linksOf, openPair } from '../fixture/pair.js';
import type { Keys } from '../key/keys.js';
import { type PsiOptions, psi } from '../psi/psi.js';

/** Both sides of an intersection of keys by this protocol. */
const both = async (x: Keys, y: Keys, options: Omit<PsiOptions, 'role'>, tap?: LocalOptions['tap']) => {
  const { sessions } = await openPair(3, tap ? { tap } : {});
  const link = linksOf(sessions, 3);
  const results = await Promise.all([
    psi(link(0, 'psi'), x, { ...options, role: 'receiver', protocol: 'kkrt16' }),
    psi(link(1, 'psi'), y, { ...options, role: 'sender', protocol: 'kkrt16' }),
  ]);
  await Promise.all(sessions.map((session) => session.close()));
  return results;
};

const mine = ['d', 'a', 'b', 'a', 'e', 'b'];
const theirs = ['x', 'b', 'd', 'b', 'y'];

test('the receiver has the rows of common keys', async () => {
  const before = memory.liveBytes;
  const [received, sent] = await both(mine, theirs, {});
  expect([...received.rows!].sort()).toEqual([0, 2]);
  expect(received).toMatchObject({ size: 6, distinct: 4, duplicates: 2, peerSize: 4 });
  expect(sent.rows).toBeUndefined();
  expect(memory.liveBytes).toBe(before);
});

test('both sides have them in the same order if they are to', async () => {
  const [received, sent] = await both(mine, theirs, { result: 'both', padTo: 100 });
  expect(Array.from(received.rows!, (row) => mine[row])).toEqual(
    Array.from(sent.rows!, (row) => theirs[row]),
  );
  expect([...sent.rows!].sort()).toEqual([1, 2]);
  expect([received.peerSize, sent.peerSize]).toEqual([100, 100]);
});

test('thousands of keys, most of them common', async () => {
  const keys = (from: number) => Array.from({ length: 5000 }, (_, i) => `record ${from + i}`);
  const [x, y] = [keys(0), keys(1000).reverse()];
  const [received, sent] = await both(x, y, { result: 'both' });
  expect(received.rows!.length).toBe(4000);
  expect(Array.from(received.rows!, (row) => x[row])).toEqual(Array.from(sent.rows!, (row) => y[row]));
});
