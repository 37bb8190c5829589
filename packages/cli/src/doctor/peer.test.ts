import { once } from 'node:events';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { keys, type RoleCredentials } from '@triad/net';
import { type Client, connect } from '@triad/node';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { found, outcomes, troubles } from './fixture/folder.js';
import { type PretendedNode, pretendNode } from './fixture/pretended-node.js';
import { checkPeer } from './peer.js';

const version = '1.2.3';
const well = { federation: 'houses', version };
const day = 24 * 60 * 60 * 1000;

let zero: RoleCredentials;
let one: RoleCredentials;
let alice: RoleCredentials;
beforeAll(async () => {
  [zero, one, alice] = (await keys('houses', ['0', '1', 'alice'])) as [
    RoleCredentials,
    RoleCredentials,
    RoleCredentials,
  ];
});

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const clientOf = async (peers: Record<string, string>, identity: RoleCredentials): Promise<Client> => {
  const client = await connect({ identity, peers });
  open.push(client);
  return client;
};

/** What is said of node 0, which is to be at an address. */
const meet = async (address: string, identity = alice, now = new Date()) => {
  const client = await clientOf({ 0: address }, identity);
  return checkPeer({ rank: 0, identity, client, version, now });
};

const pretend = async (...words: Parameters<typeof pretendNode>): Promise<PretendedNode> => {
  const node = await pretendNode(...words);
  open.push(node);
  return node;
};

const addressOf = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('a node', () => {
  it('that is well is found so, and how fast it is', async () => {
    const { address } = await pretend(zero, well);
    const { findings, reading } = await meet(address);
    expect(outcomes(findings)).toEqual({
      'node 0: address': 'ok',
      'node 0: connection': 'ok',
      'node 0: certificate': 'ok',
      'node 0: service': 'ok',
      'node 0: version': 'ok',
      'node 0: round trip': 'ok',
      'node 0: bandwidth': 'ok',
    });
    expect(found(findings, 'node 0: round trip').values.milliseconds).toBeGreaterThan(0);
    const { upBytesPerSecond, downBytesPerSecond } = found(findings, 'node 0: bandwidth').values;
    expect([upBytesPerSecond, downBytesPerSecond].every((rate) => Number(rate) > 0)).toBe(true);
    expect(reading).toMatchObject({ of: 'node 0', own: false });
    expect(Math.abs(reading!.ahead)).toBeLessThan(5);
  });

  it('of another version is told, and measured', async () => {
    const patched = await pretend(zero, { ...well, version: '1.2.4' });
    expect(troubles((await meet(patched.address)).findings)).toEqual({ 'node 0: version': 'warning' });
    const newer = await pretend(zero, { ...well, version: '1.3.0' });
    expect(troubles((await meet(newer.address)).findings)).toEqual({ 'node 0: version': 'failed' });
  });

  it('whose clock is an hour off says so', async () => {
    const time = new Date(Date.now() + 3_600_000).toISOString();
    const { address } = await pretend(zero, { ...well, time });
    expect((await meet(address)).reading!.ahead).toBeGreaterThan(3500);
  });

  it('of another federation or role is no node of this one', async () => {
    for (const part of [{ federation: 'flats' }, { role: '2' }]) {
      const { address } = await pretend(zero, { ...well, ...part });
      expect(troubles((await meet(address)).findings)).toEqual({ 'node 0: service': 'failed' });
    }
  });

  it('that answers something else is told so', async () => {
    const { address } = await pretend(zero, { ...well, version: 'new' });
    const { findings, reading } = await meet(address);
    expect(troubles(findings)).toEqual({ 'node 0: service': 'failed', 'node 0: the rest': 'skipped' });
    expect(reading).toBeUndefined();
  });

  it('behind something that drops what is large', async () => {
    const drop = (request: IncomingMessage) => request.socket.destroy();
    const { address } = await pretend(zero, well, drop);
    const { findings } = await meet(address);
    expect(troubles(findings)).toEqual({ 'node 0: bandwidth': 'failed' });
    expect(found(findings, 'node 0: bandwidth').what).toMatch(/^small messages arrive, large ones do not: /);
  });

  it('that was asked too often is not blamed for it', async () => {
    const refuse = (request: IncomingMessage, response: ServerResponse) => {
      const error = { code: 'limit', what: 'too many requests', remedy: 'wait a minute' };
      request.resume().on('end', () => response.writeHead(413).end(JSON.stringify({ error })));
    };
    const { address } = await pretend(zero, well, refuse);
    expect(troubles((await meet(address)).findings)).toEqual({ 'node 0: bandwidth': 'skipped' });
  });
});

const end = (check: string) => ({ [`node 0: ${check}`]: 'failed', 'node 0: the rest': 'skipped' });

describe('where a node is said to be', () => {
  it('may be nowhere', async () => {
    const client = await clientOf({ 1: '127.0.0.1:1' }, alice);
    const { findings } = await checkPeer({ rank: 0, identity: alice, client, version });
    expect(troubles(findings)).toEqual(end('address'));
  });

  it('may be nonsense, which is not shown', async () => {
    const client = await clientOf({ 0: '127.0.0.1:1' }, alice);
    for (const url of ['https://\u001b[2J:80', 'ws://127.0.0.1:80', 'https://127.0.0.1:99999', '']) {
      const lying: Client = Object.assign(Object.create(client), { find: async () => url });
      const { findings } = await checkPeer({ rank: 0, identity: alice, client: lying, version });
      expect(troubles(findings)).toEqual(end('address'));
      expect(JSON.stringify(findings)).not.toContain('[2J');
    }
  });

  it('nothing may listen', async () => {
    const { address, close } = await pretendNode(zero, well);
    close();
    const { findings } = await meet(address);
    expect(troubles(findings)).toEqual(end('connection'));
    expect(found(findings, 'node 0: connection')).toMatchObject({
      values: { code: 'ECONNREFUSED' },
      what: 'no connection to it: nothing listens there',
      remedy: expect.stringMatching(/^start it with `triad node`/),
    });
  });

  it('may be no host', async () => {
    const { findings } = await meet('nobody.invalid:8700');
    expect(troubles(findings)).toEqual(end('connection'));
  });

  it('something may listen that does not speak TLS, or nothing at all', async () => {
    const web = await addressOf(createHttp((_, response) => void response.end('hello')));
    expect(troubles((await meet(web)).findings)).toEqual(end('certificate'));
    const silent = createServer((socket) => void open.push({ close: () => socket.destroy() }));
    const { findings } = await meet(await addressOf(silent));
    expect(troubles(findings)).toEqual(end('certificate'));
    expect(found(findings, 'node 0: certificate').what).toMatch(/nothing for 3 s$/);
  });

  it('another node of the federation may listen', async () => {
    const { address } = await pretend(one, { ...well, role: '0' });
    const { findings } = await meet(address);
    expect(troubles(findings)).toEqual(end('certificate'));
    expect(found(findings, 'node 0: certificate').what).toBe(
      'it shows the certificate of 1 of houses, not of node 0 of houses',
    );
  });

  it('a node of another authority may listen', async () => {
    const [stranger] = await keys('houses', ['0']);
    const { address } = await pretend(stranger!, well);
    const { findings } = await meet(address);
    expect(troubles(findings)).toEqual(end('certificate'));
    expect(found(findings, 'node 0: certificate').what).toMatch(/not of this federation's authority/);
  });
});

describe('a node that does not know this role', () => {
  it('turns it away after the handshake', async () => {
    const [stranger] = await keys('houses', ['0']);
    const { address } = await pretend({ ...zero, ca: stranger!.ca }, well);
    const { findings } = await meet(address);
    expect(troubles(findings)).toEqual(end('service'));
    expect(found(findings, 'node 0: service').remedy).toMatch(/its certificate and yours/);
  });
});

describe('the certificate that a node shows', () => {
  it('may end soon, or have ended', async () => {
    const { address } = await pretend(zero, well);
    const at = async (days: number) =>
      (await meet(address, alice, new Date(Date.now() + days * day))).findings;
    expect(troubles(await at(25))).toEqual({ 'node 0: certificate': 'warning' });
    expect(troubles(await at(31))).toEqual(end('certificate'));
    expect(troubles(await at(-1))).toEqual(end('certificate'));
  });

  it('may have ended by the clock of TLS, too', async () => {
    const [expired, late] = await keys('houses', ['0', 'alice'], { days: -0.01 });
    const { address } = await pretend(expired!, well);
    const { findings } = await meet(address, late!);
    expect(troubles(findings)).toEqual(end('certificate'));
    expect(found(findings, 'node 0: certificate').what).toBe('of role 0, which expired 0.0 days ago');
    const before = (await meet(address, late!, new Date(Date.now() - 30 * 60 * 1000))).findings;
    expect(found(before, 'node 0: certificate').what).toMatch(/^TLS does not trust its certificate: /);
  });
});
