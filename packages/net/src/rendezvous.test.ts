import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, freePorts, meet, newJob } from './fixture/meet.js';
import { network } from './network.js';
import { type Rendezvous, rendezvous } from './rendezvous.js';

describe('a rendezvous', () => {
  let board: Rendezvous;
  let port: number;

  beforeAll(async () => {
    board = await rendezvous({ listen: '127.0.0.1:0' });
    port = Number(board.address.split(':')[1]);
  });
  afterAll(() => board.close());

  const ask = async (method: string, path: string, body = ''): Promise<[number, string]> => {
    const asking = request({ host: '127.0.0.1', port, method, path, agent: false });
    asking.on('error', () => {});
    const answer = once(asking, 'response');
    asking.end(body);
    const [response] = (await answer) as [IncomingMessage];
    return [response.statusCode!, await text(response)];
  };

  it('keeps addresses by job and role', async () => {
    expect(await ask('PUT', '/job/a/role/0', 'ws://127.0.0.1:1')).toEqual([204, '']);
    expect(await ask('PUT', '/job/b/role/0', 'wss://[::1]:2')).toEqual([204, '']);
    expect(await ask('GET', '/job/a/role/0')).toEqual([200, 'ws://127.0.0.1:1']);
    expect(await ask('GET', '/job/b/role/0')).toEqual([200, 'wss://[::1]:2']);
    expect(await ask('GET', '/job/a/role/1')).toEqual([404, '']);
  });

  it.each([
    ['PUT', '/job/a/role/0', '', 400],
    ['PUT', '/job/a/role/0', 'http://127.0.0.1:1', 400],
    ['PUT', '/job/a/role/0', `ws://${'a'.repeat(300)}:1`, 400],
    ['PUT', '/job/a/role/0', 'x'.repeat(2 ** 16), 400],
    ['DELETE', '/job/a/role/0', '', 405],
    ['GET', '/', '', 404],
    ['GET', `/job/${'a'.repeat(65)}/role/0`, '', 404],
    ['GET', '/job/a/role/../0', '', 404],
  ])('refuses %s %s', async (method, path, body, status) => {
    expect((await ask(method, path, body))[0]).toBe(status);
  });

  it('has room for a bounded number of addresses', async () => {
    const small = await rendezvous({ listen: '127.0.0.1:0' });
    const agentless = { host: '127.0.0.1', port: Number(small.address.split(':')[1]), method: 'PUT' };
    const put = async (i: number): Promise<number> => {
      const asking = request({ ...agentless, path: `/job/j${i}/role/0` });
      asking.end('ws://127.0.0.1:1');
      const [response] = (await once(asking, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode!;
    };
    const statuses = new Map<number, number>();
    for (let i = 0; i < 4200; i += 100) {
      const batch = await Promise.all(Array.from({ length: 100 }, (_, k) => put(i + k)));
      for (const status of batch) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect(Object.fromEntries(statuses)).toEqual({ 204: 4096, 503: 104 });
    await small.close();
  });

  it('outlives any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string()), async (bytes) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => {});
        socket.end(bytes);
        socket.resume();
        await once(socket, 'close');
      }),
      { numRuns: 100 },
    );
    expect((await ask('GET', '/job/nobody/role/0'))[0]).toBe(404);
  });

  it('may be started after the parties', async () => {
    const [later] = await freePorts(1);
    const at = `127.0.0.1:${later}`;
    const meeting = meet({ rendezvous: at });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const late = await rendezvous({ listen: at });
    const channels = await meeting;
    await Promise.all(channels.map((channel) => channel.close()));
    await late.close();
  });

  it('is named when it does not answer', async () => {
    const [nowhere] = await freePorts(1);
    const options = { job: newJob(), rendezvous: `127.0.0.1:${nowhere}`, timeout: 500 };
    const error = await failure(network(options).join(0, {}));
    expect(error.code).toBe('timeout');
    expect(error.message).toContain(`the rendezvous at 127.0.0.1:${nowhere} does not answer`);
    expect(error.message).toContain('triad rendezvous');
  });

  it('shows the address of parties that listen everywhere', async () => {
    const job = newJob();
    const options = { job, rendezvous: board.address, listen: '0.0.0.0:0', insecure: true, timeout: 600 };
    const joining = failure(network(options).join(0, {}));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await ask('GET', `/job/${job}/role/0`))[1]).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
    await joining;
  });
});
