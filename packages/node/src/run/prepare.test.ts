import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifestDigest, openFile, openShare, openTable, type ShareSet, shareTable } from '@triad/data';
import { data, layers, program, reveal } from '@triad/layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseWork } from '../work/parsed.js';
import { work } from '../work/work.js';
import { prepare } from './prepare.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-prepare-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Party 1's share of a table. */
const shared = async (name: string, csv: string): Promise<ShareSet> => {
  const path = (party: number) => join(folder, `${name}.${party}`);
  await writeFile(join(folder, `${name}.csv`), csv);
  const source = await openFile(join(folder, `${name}.csv`));
  const naming = { name, owner: 'alice', federation: 'f', sign: () => new Uint8Array(64) };
  await shareTable(await openTable(source), { ...naming, path });
  await source.close();
  return openShare(await openFile(path(1)), 1);
};

const mean = (sets: readonly string[]) =>
  parseWork(
    work({
      programs: {
        m: program(() => {
          reveal(layers.mean(data({ name: 'x', shape: [null, 1] })), 'carol', 'm');
        }),
      },
      inputs: { x: sets },
      stages: [{ program: 'm', feed: { x: 'x' }, reveal: ['m'] }],
    }),
  );

const use = (set: string, share: ShareSet) => ({
  set,
  digest: manifestDigest(share.manifest),
  grant: 'ab'.repeat(16),
});

describe('a job', () => {
  it('begins with the data that were granted, and no other under their name', async () => {
    const [granted, other] = [await shared('x', 'a\n1\n2\n'), await shared('x2', 'a\n1\n2\n')];
    const sources = { set: async () => granted, model: () => Promise.reject(new Error('none')) };
    const uses = [use('alice/x', granted)];
    const {
      schedule,
      agreement,
      [Symbol.asyncDispose]: close,
    } = await prepare(mean(['alice/x']), uses, sources);
    expect(schedule.units).toBe(1);
    expect(agreement).toMatchObject({ 'data set alice/x': manifestDigest(granted.manifest) });
    await close();
    await expect(
      prepare(mean(['alice/x']), uses, { ...sources, set: async () => other }),
    ).rejects.toMatchObject({
      code: 'mismatch',
      message: expect.stringMatching(/'alice\/x' is other data than its owner granted/),
    });
  });
});
