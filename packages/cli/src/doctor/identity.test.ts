import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keys, type RoleCredentials } from '@triad/net';
import { beforeAll, describe, expect, it } from 'vitest';
import { found, outcomes, testFolder, troubles, writeIdentity } from './fixture/folder.js';
import { checkIdentity } from './identity.js';

const root = await testFolder();
let own: RoleCredentials;
let alice: RoleCredentials;
let stranger: RoleCredentials;
beforeAll(async () => {
  [own, alice] = (await keys('houses', ['0', 'alice'])) as [RoleCredentials, RoleCredentials];
  [stranger] = (await keys('houses', ['0'])) as [RoleCredentials];
});

const folderOf = async (identity: RoleCredentials): Promise<string> => {
  const folder = await mkdtemp(join(root, 'role-'));
  await writeIdentity(folder, identity);
  return folder;
};

/** What is said of a folder with some files of others. */
const withOthers = async (others: Partial<RoleCredentials>) =>
  checkIdentity(await folderOf({ ...own, ...others }));

describe('an identity', () => {
  it('as `triad keys` makes it is well', async () => {
    const { findings, identity } = await checkIdentity(await folderOf(own));
    expect(outcomes(findings)).toEqual({
      'identity: files': 'ok',
      'identity: access': 'ok',
      'identity: certificate': 'ok',
      'identity: key': 'ok',
      'identity: seal key': 'ok',
      'identity: authority': 'ok',
      'identity: validity': 'ok',
      'identity: roster': 'ok',
      'identity: others': 'ok',
    });
    expect(identity).toEqual(own);
  });

  it('lacks files', async () => {
    const folder = await folderOf(own);
    await rm(join(folder, 'seal.pem'));
    await rm(join(folder, 'ca.pem'));
    const { findings, identity } = await checkIdentity(folder);
    expect(found(findings, 'identity: files')).toMatchObject({
      outcome: 'failed',
      values: { missing: ['ca.pem', 'seal.pem'] },
      remedy: expect.stringContaining('`triad keys`'),
    });
    expect(found(findings, 'identity: the rest').outcome).toBe('skipped');
    expect(identity).toBeUndefined();
    expect(troubles((await checkIdentity(join(folder, 'nowhere'))).findings)).toMatchObject({
      'identity: files': 'failed',
    });
  });

  it.skipIf(process.platform === 'win32')('has keys that others may read', async () => {
    const folder = await folderOf(own);
    await chmod(join(folder, 'key.pem'), 0o640);
    const { findings, identity } = await checkIdentity(folder);
    expect(troubles(findings)).toEqual({ 'identity: access': 'warning' });
    expect(found(findings, 'identity: access').remedy).toBe(`chmod 600 ${join(folder, 'key.pem')}`);
    expect(identity).toBeDefined();
  });

  it('has the key of another role', async () => {
    const { findings, identity } = await withOthers({ key: alice.key });
    expect(troubles(findings)).toEqual({ 'identity: key': 'failed' });
    expect(identity).toBeUndefined();
  });

  it('has its two keys swapped', async () => {
    const { findings } = await withOthers({ key: own.seal, seal: own.key });
    expect(troubles(findings)).toEqual({ 'identity: key': 'failed', 'identity: seal key': 'failed' });
  });

  it('has the sealing key of another role, and can connect', async () => {
    const { findings, identity } = await withOthers({ seal: alice.seal });
    expect(troubles(findings)).toEqual({ 'identity: seal key': 'failed' });
    expect(identity).toBeDefined();
  });

  it('has an authority of the same name that did not make it', async () => {
    const { findings, identity } = await withOthers({ ca: stranger.ca });
    expect(troubles(findings)).toEqual({ 'identity: authority': 'failed', 'identity: roster': 'failed' });
    expect(identity).toBeUndefined();
  });

  it('has the roster of another authority, one without it, or none', async () => {
    const lists = [stranger.roster, alice.cert, own.cert + own.cert, '', 'x', own.ca];
    for (const roster of lists)
      expect(troubles((await withOthers({ roster })).findings)).toEqual({ 'identity: roster': 'failed' });
  });

  it.each(['ca', 'cert', 'key', 'seal'] as const)('has a %s that is no such thing', async (kind) => {
    const { findings } = await withOthers({ [kind]: 'nothing' });
    const check = { ca: 'authority', cert: 'certificate', key: 'key', seal: 'seal key' }[kind];
    expect(found(findings, `identity: ${check}`).outcome).toBe('failed');
  });

  it('has expired, and may be tried, for a clock may be wrong', async () => {
    const [expired] = await keys('houses', ['0', 'alice'], { days: -0.01 });
    const { findings, identity } = await checkIdentity(await folderOf(expired!));
    expect(troubles(findings)).toEqual({ 'identity: validity': 'failed', 'identity: others': 'warning' });
    expect(found(findings, 'identity: validity')).toMatchObject({
      what: 'the certificate expired 0.0 days ago',
      values: { days: expect.toSatisfy((days: number) => days < 0) },
    });
    expect(identity).toBeDefined();
  });

  it('ends soon, or begins later', async () => {
    const folder = await folderOf(own);
    const at = async (days: number) =>
      (await checkIdentity(folder, new Date(Date.now() + days * 24 * 60 * 60 * 1000))).findings;
    expect(troubles(await at(22.9))).toEqual({});
    expect(troubles(await at(23.1))).toEqual({
      'identity: validity': 'warning',
      'identity: others': 'warning',
    });
    const early = await at(-1);
    expect(troubles(early)).toEqual({ 'identity: validity': 'failed', 'identity: others': 'warning' });
    expect(found(early, 'identity: validity').what).toMatch(/^the certificate holds from 2/);
  });

  it('is told without its keys', async () => {
    const folder = await folderOf(own);
    await writeFile(join(folder, 'key.pem'), own.key.replaceAll('\n', ' '));
    const said = JSON.stringify((await checkIdentity(folder)).findings);
    for (const line of `${own.key}\n${own.seal}`.split('\n').filter((each) => /^[^-]/.test(each)))
      expect(said).not.toContain(line.slice(0, 12));
  });
});
