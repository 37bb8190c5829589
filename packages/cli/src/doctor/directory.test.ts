import { keys, type RoleCredentials, rendezvous } from '@triad/net';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkAccess, checkDirectory } from './directory.js';
import { found, outcomes } from './fixture/folder.js';

let board: RoleCredentials;
let alice: RoleCredentials;
beforeAll(async () => {
  [board, alice] = (await keys('houses', ['board', 'alice'])) as [RoleCredentials, RoleCredentials];
});

describe('a directory', () => {
  it('may be a rendezvous that answers', async () => {
    const place = await rendezvous({ listen: '127.0.0.1:0', tls: board });
    const { findings, client } = await checkDirectory({ rendezvous: place.address }, alice);
    expect(outcomes(findings)).toEqual({ directory: 'ok' });
    expect(found(findings, 'directory').what).toMatch(/^the rendezvous at 127\.0\.0\.1:\d+ answers in /);
    await client!.close();
    await place.close();
  });

  it('may be a rendezvous that does not', async () => {
    const place = await rendezvous({ listen: '127.0.0.1:0', tls: board });
    await place.close();
    const { findings, client } = await checkDirectory({ rendezvous: place.address }, alice);
    expect(client).toBeUndefined();
    expect(found(findings, 'directory')).toMatchObject({
      outcome: 'failed',
      remedy: 'start it with `triad rendezvous`, or check the address',
    });
  });

  it('may be a Redis that does not answer, also for whoever has no identity', async () => {
    const redis = 'redis://user:secret@127.0.0.1:1';
    const { findings, client, readings } = await checkDirectory({ redis }, undefined);
    expect(outcomes(findings)).toEqual({ directory: 'failed' });
    expect({ client, readings }).toEqual({ client: undefined, readings: [] });
    expect(JSON.stringify(findings)).not.toContain('secret');
  });

  it.each(['http://127.0.0.1:6379', 'here'])('is no Redis at %s', async (redis) => {
    const { findings } = await checkDirectory({ redis }, alice);
    expect(found(findings, 'directory').what).toMatch(/not a URL of a Redis server$/);
  });

  it('may be a list, which must be one', async () => {
    const good = await checkDirectory({ peers: { 0: '127.0.0.1:1', 1: '127.0.0.1:2' } }, alice);
    expect(outcomes(good.findings)).toEqual({ directory: 'ok' });
    await good.client!.close();
    for (const peers of [{ 0: 'here' }, { 7: '127.0.0.1:1' }]) {
      const { findings, client } = await checkDirectory({ peers }, alice);
      expect(outcomes(findings)).toEqual({ directory: 'failed' });
      expect(client).toBeUndefined();
    }
  });

  it('is not opened without an identity', async () => {
    const { findings } = await checkDirectory({ peers: { 0: '127.0.0.1:1' } }, undefined);
    expect(outcomes(findings)).toEqual({ directory: 'skipped' });
  });
});

describe('Redis', () => {
  it.each([
    ['redis://127.0.0.1:6379', 'ok'],
    ['redis://[::1]:6379', 'ok'],
    ['redis://localhost', 'ok'],
    ['rediss://board.example', 'ok'],
    ['redis://:word@10.0.0.9:6379', 'ok'],
    ['redis://10.0.0.9:6379', 'warning'],
    ['redis://board.example', 'warning'],
  ])('at %s is %s', (url, outcome) => {
    expect(checkAccess(url)).toMatchObject({ check: 'directory: access', outcome });
  });
});
