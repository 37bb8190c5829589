import type { Channel } from '@triad/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { browserNetwork } from './browser.js';
import { channelSuite } from './compliance.js';
import { failure, freePorts, newJob } from './fixture/meet.js';
import { becomePage, origin } from './fixture/page.js';
import { type NetworkOptions, network } from './network.js';

const outside = ['bank', 'shop'];

beforeEach(() => becomePage());
afterEach(() => {
  Reflect.deleteProperty(globalThis, 'WebSocket');
});

/** Three parties in Node, who take in pages of one origin, and how a page finds them. */
const nodes = async (options: Partial<NetworkOptions> = {}) => {
  const ports = await freePorts(3);
  const job = newJob();
  const peers = Object.fromEntries(ports.map((port, rank) => [rank, `127.0.0.1:${port}`]));
  const urls = Object.fromEntries(ports.map((port, rank) => [rank, `ws://127.0.0.1:${port}`]));
  const at = { job, outside, origins: [origin], timeout: 10_000, ...options };
  const joining = [0, 1, 2].map((rank) => network({ ...at, peers }).join(rank, {}));
  for (const each of joining) each.catch(() => {});
  return { job, urls, joining };
};

const close = (channels: readonly Channel[]) => Promise.all(channels.map((channel) => channel.close()));

channelSuite(
  'of pages and Node',
  async () => {
    becomePage();
    const { job, urls, joining } = await nodes();
    const page = browserNetwork({ job, outside, peers: urls });
    return Promise.all([...joining, ...outside.map((role) => page.join(role, {}))]);
  },
  { describe, it },
);

describe('a page', () => {
  it('sends large messages and receives them', async () => {
    const { job, urls, joining } = await nodes({ outside: ['bank'] });
    const page = await browserNetwork({ job, outside: ['bank'], peers: urls }).join('bank', {});
    const [node] = await Promise.all(joining);
    const bytes = new Uint8Array(10 * 2 ** 20).map((_, i) => i * 7);
    const address = { step: 1, index: 0, path: 0 };
    page.send(0, address, bytes.slice());
    node!.send(3, address, bytes.slice());
    expect(Buffer.compare(await node!.recv(3, address), bytes)).toBe(0);
    expect(Buffer.compare(await page.recv(0, address), bytes)).toBe(0);
    await close([page, ...(await Promise.all(joining))]);
  });

  it('of another origin is refused; what is no page is not', async () => {
    const logged: string[] = [];
    const { job, urls, joining } = await nodes({
      outside: ['bank'],
      timeout: 1500,
      log: (line) => logged.push(line),
    });
    becomePage('https://evil.example');
    const page = browserNetwork({ job, outside: ['bank'], peers: urls, timeout: 700 });
    expect(await failure(page.join('bank', {}))).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('origin in `origins`'),
    });
    expect(logged.filter((line) => line.includes('refused a page of https://evil.example'))).not.toEqual([]);
    await Promise.allSettled(joining);
  });

  it('of any origin is refused where none is named', async () => {
    const { job, urls, joining } = await nodes({ outside: ['bank'], origins: [], timeout: 1500 });
    const page = browserNetwork({ job, outside: ['bank'], peers: urls, timeout: 700 });
    expect(await failure(page.join('bank', {}))).toMatchObject({ code: 'timeout' });
    await Promise.allSettled(joining);
  });

  it('that agrees on something else is told what, as the others are', async () => {
    const { job, urls, joining } = await nodes({ outside: ['bank'] });
    const page = browserNetwork({ job, outside: ['bank'], peers: urls }).join('bank', { program: 'other' });
    expect(await failure(page)).toMatchObject({
      code: 'mismatch',
      message: expect.stringContaining('program'),
    });
    for (const each of joining) expect(await failure(each)).toMatchObject({ code: 'mismatch' });
  });

  it('hears who has failed, and tells when it fails', async () => {
    for (const fails of [0, 3]) {
      const { job, urls, joining } = await nodes({ outside: ['bank'] });
      const page = browserNetwork({ job, outside: ['bank'], peers: urls }).join('bank', {});
      const channels = await Promise.all([...joining, page]);
      const others = channels.filter(({ rank }) => rank !== fails);
      const waiting = others.map((channel) =>
        failure(channel.recv(channel.rank === 1 ? 2 : 1, { step: 1, index: 0, path: 0 })),
      );
      await channels[fails]!.close(new Error('the disk is full'));
      for (const error of await Promise.all(waiting))
        expect(error).toMatchObject({ code: 'closed', party: fails });
      await close(channels);
    }
  });

  it.each([
    ['of a lower number', { parties: 3, outside: [] }, 0, {}, /dial a page/],
    [
      'without an address',
      { parties: 2, outside: ['bank'] },
      'bank',
      { 0: 'ws://127.0.0.1:1' },
      /no address/,
    ],
    ['that would show its shares', {}, 2, { 0: 'ws://10.0.0.1:80', 1: 'ws://127.0.0.1:1' }, /dialed safely/],
    ['to something else', {}, 2, { 0: 'http://127.0.0.1:1', 1: 'ws://127.0.0.1:1' }, /dialed safely/],
  ])('%s is told so', async (_, roster, role, peers, message) => {
    const joining = async () => browserNetwork({ job: 'x', ...roster, peers }).join(role, {});
    expect(await failure(joining())).toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(message),
    });
  });
});
