import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestFederation } from '../fixture/federation.js';
import type { Client } from '../index.js';
import { readStatus } from './status.js';

let federation: TestFederation;
let client: Client;
beforeAll(async () => {
  federation = await TestFederation.start(['alice']);
  client = await federation.client('alice');
});
afterAll(() => federation.close());

describe('a client', () => {
  it('knows where a node is, and what it says of itself', async () => {
    expect(await client.find(1)).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const { time, ...status } = await client.status(1);
    expect(status).toEqual({
      federation: 'houses',
      role: '1',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      jobs: { waiting: 0, running: 0, done: 0, failed: 0, cancelled: 0 },
    });
    expect(Math.abs(time.getTime() - Date.now())).toBeLessThan(60_000);
  });

  it('can be a node, too', async () => {
    expect(await (await federation.client('0')).status(2)).toMatchObject({ role: '2' });
  });

  it.each([
    [0, 0],
    [100_000, 7],
    [0, 2 ** 23],
    [2 ** 23, 0],
  ])('sends a node %i bytes and gets %i back', async (send, receive) => {
    await client.echo(0, { send, receive });
  });

  it('sends and gets no more than the node allows', async () => {
    await expect(client.echo(0, { send: 0, receive: 2 ** 23 + 1 })).rejects.toMatchObject({
      code: 'bad-argument',
    });
    await expect(client.echo(0, { send: 2 ** 23 + 1, receive: 0 })).rejects.toMatchObject({ code: 'limit' });
  });
});

describe('a status', () => {
  const good = {
    federation: 'houses',
    role: '0',
    version: '1.2.3',
    time: '2026-01-31T12:00:00.000Z',
    jobs: {},
  };

  it('may be of a later version', () => {
    expect(readStatus({ ...good, version: '2.0.0-beta.1', more: 1 })).toMatchObject({
      version: '2.0.0-beta.1',
    });
  });

  it.each([
    { version: '1.2.3\u001b[2J' },
    { federation: 'a b' },
    { role: 'alice' },
    { time: 'today' },
    { jobs: { done: -1 } },
  ])('is refused with %j', (part) => {
    expect(readStatus({ ...good, ...part })).toBeUndefined();
  });
});
