import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Grant } from '../policy/grant.js';
import { type Folder, openFolder } from './folder.js';
import { Grants } from './grants.js';

let folder: Folder;
beforeEach(async () => {
  const path = await mkdtemp(join(tmpdir(), 'triad-grants-'));
  folder = await openFolder(path, { federation: 'f', role: '0' }, () => {});
});
afterEach(async () => {
  await folder.close();
  await rm(folder.path, { recursive: true, force: true });
});

const id = '1'.repeat(32);
const grant: Grant = {
  terms: {
    id,
    federation: 'f',
    owner: 'alice',
    set: 'alice/x',
    dataSet: 'ab'.repeat(32),
    work: 'ab'.repeat(32),
    programs: {},
    exposures: [],
    submitters: ['carol'],
    expires: '2100-01-01T00:00:00.000Z',
    uses: 5,
  },
  signature: 'ab'.repeat(64),
};
const uses = [{ set: 'alice/x', digest: '', grant: id }];
const open = () =>
  Grants.open(
    folder,
    () => true,
    () => {},
  );

it('on disk are as often used as in memory, however closely uses and what is given back follow each other', async () => {
  const grants = await open();
  await grants.add(grant);
  for (let round = 0; round < 20; round++) {
    const [a, b] = [`a${round}`, `b${round}`];
    await grants.use(uses, a);
    await Promise.all([grants.giveBack(uses, a), grants.use(uses, b)]);
    expect((await open()).of('alice/x')).toMatchObject([{ used: 1 }]);
    await grants.giveBack(uses, b);
  }
});

it('that are withdrawn while a use is given back are gone from disk, too', async () => {
  for (let round = 0; round < 20; round++) {
    const grants = await open();
    await grants.add(grant);
    await grants.use(uses, 'a');
    await Promise.all([grants.giveBack(uses, 'a'), grants.remove('alice', id)]);
    expect((await open()).all()).toEqual([]);
    await grants.add(grant);
    await Promise.all([grants.remove('alice', id), grants.giveBack(uses, 'a')]);
    expect((await open()).all()).toEqual([]);
  }
});
