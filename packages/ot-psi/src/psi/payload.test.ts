import { local, openSession } from '@triad/protocol';
import { describe, expect, test } from 'vitest';
import { padding } from '../key/key-set.js';
import type { PsiName } from './protocol.js';
import { psi } from './psi.js';

const keys = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `key ${from + i}`);

/** What both sides have after a run whose receiver learns slots. */
const run = async (
  own: readonly string[],
  theirs: readonly string[],
  options: { readonly padTo?: number; readonly protocol?: PsiName } = {},
) => {
  const sessions = await Promise.all(
    local(2).channels.map((channel) => openSession(channel, { parties: 2 })),
  );
  const [receiver, sender] = await Promise.all(
    sessions.map((session, rank) => {
      const link = { session, op: session.op('psi'), peer: 1 - rank };
      const role = rank === 0 ? 'receiver' : 'sender';
      return psi(link, rank === 0 ? own : theirs, { role, result: 'payload', ...options });
    }),
  );
  return { receiver: receiver!, sender: sender! };
};

describe('a payload', () => {
  test.each<readonly [string, readonly string[], readonly string[], { readonly padTo?: number }]>([
    ['small sets', keys(0, 60), keys(40, 100), {}],
    ['repeated keys', [...keys(0, 60), 'key 50'], [...keys(40, 100), ...keys(40, 50)], {}],
    ['more than a cluster', keys(0, 9000), keys(4000, 20_000), {}],
    ['hidden sizes', keys(0, 60), keys(40, 100), { padTo: 300 }],
    ['nothing in common', keys(0, 60), keys(60, 100), {}],
  ])('of %s: the slot of a common key holds the row with that key', async (_, own, theirs, options) => {
    const { receiver, sender } = await run(own, theirs, options);
    expect(sender.rows).toBeUndefined();
    expect(sender.slots).toBeUndefined();
    expect(receiver.slotRows).toBeUndefined();
    const distinct = new Set(theirs).size;
    const slotRows = [...sender.slotRows!];
    expect(slotRows).toHaveLength(options.padTo ?? distinct);
    const real = slotRows.filter((row) => row !== padding);
    expect(new Set(real.map((row) => theirs[row])).size).toBe(distinct);
    expect(real).toHaveLength(distinct);
    const common = new Set(theirs);
    expect([...receiver.rows!].map((row) => own[row]).sort()).toEqual(
      [...new Set(own)].filter((key) => common.has(key)).sort(),
    );
    expect([...receiver.slots!].map((slot) => theirs[slotRows[slot]!])).toEqual(
      [...receiver.rows!].map((row) => own[row]),
    );
  });

  test('is in another order in every run', async () => {
    const [one, other] = await Promise.all([run(['a'], keys(0, 60)), run(['a'], keys(0, 60))]);
    expect(one.sender.slotRows).not.toEqual(other.sender.slotRows);
  });

  test('goes by RR22 alone', async () => {
    await expect(run(['a'], ['a'], { protocol: 'kkrt16' })).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining('kkrt16'),
    });
  });

  test('is agreed on', async () => {
    const sessions = await Promise.all(
      local(2).channels.map((channel) => openSession(channel, { parties: 2 })),
    );
    const both = sessions.map((session, rank) =>
      psi({ session, op: session.op('psi'), peer: 1 - rank }, ['a'], {
        role: rank === 0 ? 'receiver' : 'sender',
        result: rank === 0 ? 'payload' : 'receiver',
        protocol: 'rr22',
      }),
    );
    for (const side of both) await expect(side).rejects.toMatchObject({ code: 'mismatch' });
  });
});
