import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { keys, type RoleCredentials } from '@triad/net';
import { describe, expect, it } from 'vitest';
import { pretendNode } from './fixture/pretended-node.js';
import { checkListen, reasonOf } from './listen.js';

describe('an address to listen at', () => {
  it('can be had, and is free afterwards', async () => {
    expect(await checkListen('127.0.0.1:0', undefined)).toMatchObject({ outcome: 'ok' });
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await checkListen(at, undefined)).toMatchObject({
      outcome: 'failed',
      what: `another process listens at ${at}`,
      values: { code: 'EADDRINUSE' },
    });
    server.close();
    await once(server, 'close');
    for (let i = 0; i < 2; i++) expect(await checkListen(at, undefined)).toMatchObject({ outcome: 'ok' });
  });

  it('may be in use by the node itself, and by nobody else', async () => {
    const [own, other] = (await keys('houses', ['0', '1'])) as [RoleCredentials, RoleCredentials];
    const node = await pretendNode(own, {});
    expect(await checkListen(node.address, own)).toMatchObject({
      outcome: 'ok',
      what: `node 0 listens at ${node.address} already`,
    });
    expect(await checkListen(node.address, other)).toMatchObject({ outcome: 'failed' });
    node.close();
  });

  it.each([
    ['198.51.100.7:0', /is no address of this machine/],
    ['nobody.invalid:8700', /has no address|nobody can listen/],
    ['here', /is not an address/],
  ])('is not %s', async (at, what) => {
    expect(await checkListen(at, undefined)).toMatchObject({
      outcome: 'failed',
      what: expect.stringMatching(what),
      remedy: expect.stringMatching(/./),
    });
  });

  it('may be refused to a user', () => {
    expect(reasonOf('EACCES', '0.0.0.0:443')).toEqual({
      what: 'this user may not listen at 0.0.0.0:443',
      remedy: 'choose a port above 1023, or give the user the right to it',
    });
  });
});
