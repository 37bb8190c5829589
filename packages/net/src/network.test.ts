import { once } from 'node:events';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { type Channel, TriadError } from '@triad/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { encodeControl } from './control.js';
import { failure, freePorts, meet, newJob, tryMeet } from './fixture/meet.js';
import { type NetworkOptions, network } from './network.js';

const address = { step: 0, index: 0, path: 0 };

/** Everybody hears everybody. */
const expectConnected = async (channels: readonly Channel[]): Promise<void> => {
  for (const channel of channels) {
    for (const peer of channel.peers) channel.send(peer, address, Uint8Array.of(channel.rank));
  }
  for (const channel of channels) {
    for (const peer of channel.peers) expect([...(await channel.recv(peer, address))]).toEqual([peer]);
  }
};

const close = (channels: readonly Channel[]) => Promise.all(channels.map((channel) => channel.close()));

const fixedPeers = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await freePorts(3)).map((port, role) => [role, `127.0.0.1:${port}`]));

describe('parties meet', () => {
  it.each([2, 3, 5])('%i of them, by a list', async (parties) => {
    const ports = await freePorts(parties);
    const peers = Object.fromEntries(ports.map((port, role) => [role, `127.0.0.1:${port}`]));
    const channels = await meet({ parties, peers });
    await expectConnected(channels);
    await close(channels);
  });

  it('in any order, with parties outside that wait for nobody', async () => {
    const options = { job: newJob(), outside: ['bank', 'shop'], peers: await fixedPeers() };
    const join = (role: number | string) => network(options).join(role, {});
    const early = [join('shop'), join(2)];
    await new Promise((resolve) => setTimeout(resolve, 150));
    const channels = await Promise.all([join(0), join(1), early[1]!, join('bank'), early[0]!]);
    await expectConnected(channels);
    await close(channels);
  });

  it('again under the same name, right after the last run', async () => {
    const options = { job: newJob(), peers: await fixedPeers() };
    for (let run = 0; run < 3; run++) {
      const channels = await meet(options);
      await expectConnected(channels);
      await close(channels);
    }
  });
});

describe('parties do not meet', () => {
  it('with other agreements: all name the key and both values', async () => {
    const results = await tryMeet({ agreement: (role) => ({ program: role === 1 ? 'new' : 'old' }) });
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'mismatch' } });
      const { message } = (result as PromiseRejectedResult).reason as Error;
      expect(message).toMatch(
        /program differs: ("old" at party 0, "new" at party 1|"new" at party 1, "old" at party 2)/,
      );
      expect(message).toContain('start all parties with the same program');
    }
  });

  it('when one stays away: the others name it, and what they tried', async () => {
    const peers = await fixedPeers();
    const options = { job: newJob(), peers, timeout: 700 };
    const errors = await Promise.all([1, 2].map((role) => failure(network(options).join(role, {}))));
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'timeout', party: 0 });
      expect(error.message).toMatch(
        /party 0 \(ws:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED .*\) did not join in 0.7 s/,
      );
      expect(error.message).toContain(`start role 0 of job ${options.job}`);
    }
  });

  it('under another job: at once with a list, which cannot be out of date', async () => {
    const peers = await fixedPeers();
    const first = failure(network({ job: 'spring', peers, timeout: 1500 }).join(0, {}));
    const second = await failure(network({ job: 'autumn', peers }).join(1, {}));
    expect(second.code).toBe('mismatch');
    expect(second.message).toContain('job differs: "spring" at party 0, "autumn" at party 1');
    expect((await first).message).toContain('job differs: "spring" at party 0, "autumn" at party 1');
  });

  it('twice in one role: the first goes on', async () => {
    const options = { job: newJob(), peers: await fixedPeers() };
    const join = (role: number) => network(options).join(role, {});
    const firsts = [join(0), join(2)];
    await new Promise((resolve) => setTimeout(resolve, 300));
    const error = await failure(join(2));
    expect(error.code).toBe('mismatch');
    expect(error.message).toContain('party 2 has joined already');
    const channels = await Promise.all([firsts[0]!, join(1), firsts[1]!]);
    await expectConnected(channels);
    await close(channels);
  });

  const options: NetworkOptions = { job: 'j', redis: 'redis://127.0.0.1' };
  it.each([
    ['no way to find each other', { job: 'j' }],
    ['two ways', { ...options, rendezvous: '127.0.0.1:1' }],
    ['a bad job', { ...options, job: 'a/b/c' }],
    ['one party', { ...options, parties: 1 }],
    ['a name given twice', { ...options, outside: ['bank', 'bank'] }],
    ['a bad address', { ...options, listen: 'here' }],
    ['an unknown role in the list', { job: 'j', peers: { 0: '127.0.0.1:1', bank: '127.0.0.1:2' } }],
    ['plain sockets to another host', { job: 'j', peers: { 0: '10.0.0.1:1' } }],
  ])('with %s', (_, bad) => {
    expect(() => network(bad)).toThrow(expect.objectContaining({ code: 'bad-argument' }));
  });

  it('waiting at another address than loopback without TLS', async () => {
    const error = await failure(network({ ...options, listen: '0.0.0.0:0' }).join(0, {}));
    expect(error.message).toContain('triad keys');
    const unknown = await failure(network(options).join('bank', {}));
    expect(unknown.message).toContain('its roles are 0, 1, 2');
  });

  it.each([{ rate: Number.NaN }, { text: 'a\nb' }, { text: 'x'.repeat(1001) }])(
    'with an agreement that cannot be sent: %j',
    async (agreement) => {
      const error = await failure(network(options).join(0, agreement));
      expect(error).toMatchObject({ code: 'bad-argument' });
    },
  );

  it('at a port that is taken', async () => {
    const peers = await fixedPeers();
    const first = failure(network({ job: newJob(), peers, timeout: 500 }).join(0, {}));
    const error = await failure(network({ job: newJob(), peers, timeout: 500 }).join(0, {}));
    expect(error.message).toMatch(/^listen: cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\)/);
    expect(await first).toMatchObject({ code: 'timeout' });
  });
});

describe('a party that stops with a reason', () => {
  const stop = async (reason: Error): Promise<TriadError[]> => {
    const channels = await meet({ outside: ['bank'] });
    const waiting = [1, 2, 3].map((rank) => failure(channels[rank]!.recv(rank === 1 ? 2 : 1, address)));
    await channels[0]!.close(reason);
    const errors = await Promise.all(waiting);
    await close(channels);
    return errors;
  };

  it('makes all others fail with it, whomever they wait for, and takes the blame', async () => {
    for (const error of await stop(new Error('the disk is full'))) {
      expect(error).toMatchObject({ code: 'closed', party: 0 });
      expect(error.message).toContain('stopped: the disk is full');
    }
  });

  it('passes on whom it blames, at which op, and the remedy', async () => {
    const cause = new TriadError('bad-message', 'party 2 sent nonsense', {
      party: 2,
      op: 'step 3/4',
      remedy: 'update it',
    });
    for (const error of await stop(cause)) {
      expect(error).toMatchObject({ code: 'bad-message', party: 2, op: 'step 3/4', remedy: 'update it' });
      expect(error.message).toMatch(/stopped: party 2 sent nonsense at op step 3\/4; update it$/);
    }
  });

  it('while the others are still joining', async () => {
    const peers = await fixedPeers();
    const options = { job: newJob(), peers };
    const errors = await Promise.all([
      failure(network({ ...options, timeout: 1000 }).join(0, {})),
      failure(network(options).join(1, {})),
    ]);
    expect(errors.map(({ code, party }) => [code, party])).toEqual([
      ['timeout', 2],
      ['timeout', 2],
    ]);
    expect(errors[1]!.message).toContain('party 0');
  });
});

describe('strangers at the port', () => {
  const hello = encodeControl({
    kind: 'hello',
    body: {
      version: 1,
      job: 'another',
      parties: 3,
      outside: [],
      from: 2,
      to: 0,
      nonce: '0'.repeat(32),
      agreement: {},
    },
  });

  const overTcp = async (port: number, bytes: Uint8Array | string): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.resume();
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(bytes);
    return socket;
  };

  const overWeb = async (port: number, ...frames: (Uint8Array | string)[]): Promise<WebSocket> => {
    const web = new WebSocket(`ws://127.0.0.1:${port}`);
    web.on('error', () => {});
    await once(web, 'open');
    for (const frame of frames) web.send(frame);
    return web;
  };

  it('neither stop the job nor get a word in', async () => {
    const options = { job: newJob(), peers: await fixedPeers() };
    const log: string[] = [];
    const first = network({ ...options, log: (line) => log.push(line) }).join(0, {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    const port = Number(options.peers[0]!.split(':')[1]);
    const open = [
      await overTcp(port, 'SSH-2.0-OpenSSH_9.9\r\n'),
      await overTcp(port, new Uint8Array(2 ** 20).fill(255)),
      await overTcp(port, ''),
      await overTcp(port, `GET / HTTP/1.1\r\nx: ${'y'.repeat(2 ** 16)}\r\n\r\n`),
    ];
    const webs = [
      await overWeb(port),
      await overWeb(port, new Uint8Array(0)),
      await overWeb(port, 'text'),
      await overWeb(port, hello),
      await overWeb(port, new Uint8Array(2 ** 22)),
      await overWeb(port, new Uint8Array(2 ** 23)),
    ];
    const [response] = await once(get({ port, host: '127.0.0.1' }), 'response');
    expect((response as { statusCode: number }).statusCode).toBe(426);
    await Promise.all(webs.slice(1).map((web) => web.readyState === web.CLOSED || once(web, 'close')));
    const channels = await Promise.all([first, ...[1, 2].map((role) => network(options).join(role, {}))]);
    await expectConnected(channels);
    await close(channels);
    expect(log.filter((line) => line.startsWith('refused a connection')).length).toBeGreaterThanOrEqual(5);
    expect(log.join()).toContain('job differs');
    for (const socket of open) socket.destroy();
    for (const web of webs) web.terminate();
  });

  it('are bounded in number, and shown out when they say nothing', async () => {
    const options = { job: newJob(), peers: await fixedPeers() };
    const first = network(options).join(0, {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    const port = Number(options.peers[0]!.split(':')[1]);
    const silent = await overTcp(port, '');
    const webs = await Promise.all(Array.from({ length: 80 }, () => overWeb(port)));
    await Promise.all(webs.slice(64).map((web) => web.readyState === web.CLOSED || once(web, 'close')));
    expect(webs.filter((web) => web.readyState === web.OPEN).length).toBe(64);
    await Promise.all([...webs.slice(0, 64), silent].map((each) => once(each, 'close')));
    const channels = await Promise.all([first, ...[1, 2].map((role) => network(options).join(role, {}))]);
    await expectConnected(channels);
    await close(channels);
  });

  it('may send any frames', async () => {
    const options = { job: newJob(), peers: await fixedPeers() };
    const first = network(options).join(0, {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    const port = Number(options.peers[0]!.split(':')[1]);
    await fc.assert(
      fc.asyncProperty(fc.nat(5), fc.uint8Array({ minLength: 0, maxLength: 200 }), async (kind, bytes) => {
        const web = await overWeb(port, Uint8Array.from([kind, ...bytes]));
        await once(web, 'close');
      }),
      { numRuns: 100 },
    );
    const channels = await Promise.all([first, ...[1, 2].map((role) => network(options).join(role, {}))]);
    await expectConnected(channels);
    await close(channels);
  });
});
