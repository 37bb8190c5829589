import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Address, type Channel, namedAddress } from '@triad/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import { freePorts } from './fixture/meet.js';
import { startRedis } from './fixture/redis.js';
import {
  keys,
  type RoleCredentials,
  rendezvous,
  type Station,
  type StationOptions,
  station,
} from './index.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** Forwards to a port; its connections can be cut, and it can stop to take new ones. */
class Wirecutter {
  readonly #sockets = new Set<Socket>();
  #cut = false;
  #server: Server;

  constructor(port: number, target: number) {
    this.#server = createServer((near) => {
      if (this.#cut) return near.destroy();
      const far = connect(target, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from);
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
        from.pipe(to);
      }
    }).listen(port, '127.0.0.1');
  }

  /** For so many milliseconds nothing goes through. */
  async cut(milliseconds: number): Promise<void> {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
    await sleep(milliseconds);
    this.#cut = false;
  }

  async close(): Promise<void> {
    void this.cut(0);
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

interface Federation {
  readonly stations: Station[];
  readonly cutters: readonly Wirecutter[];
  readonly credentials: readonly RoleCredentials[];
}

const federate = async (options: Partial<StationOptions> = {}): Promise<Federation> => {
  const credentials = await keys('houses', ['0', '1', '2']);
  const ports = await freePorts(6);
  const cutters = [0, 1, 2].map((rank) => new Wirecutter(ports[rank]!, ports[3 + rank]!));
  open.push(...cutters);
  const peers = Object.fromEntries([0, 1, 2].map((rank) => [rank, `127.0.0.1:${ports[rank]}`]));
  const start = async (rank: number) => {
    const own = await station({
      tls: credentials[rank]!,
      listen: `127.0.0.1:${ports[3 + rank]}`,
      peers,
      ...options,
    });
    open.push(own);
    return own;
  };
  const stations = await Promise.all([0, 1, 2].map(start));
  return { stations, cutters, credentials };
};

const peersOf = (stations: readonly Station[]) =>
  Object.fromEntries(stations.map(({ rank, url }) => [rank, url.replace('https://', '')]));

const meet = (stations: readonly Station[], job: string, timeout = 10_000): Promise<Channel[]> =>
  Promise.all(stations.map((each) => each.network({ job, timeout }).join(each.rank, {})));

const address = namedAddress('test/station');
const stepAddress = (step: number): Address => ({ step, index: 0, path: 0 });
const closeAll = (channels: readonly Channel[]) => Promise.all(channels.map((channel) => channel.close()));

const say = async (channels: readonly Channel[], word: string) => {
  for (const channel of channels)
    for (const peer of channel.peers) channel.send(peer, address, Buffer.from(word + channel.rank));
  for (const channel of channels)
    for (const peer of channel.peers)
      expect(Buffer.from(await channel.recv(peer, address)).toString()).toBe(word + peer);
};

describe('a station', () => {
  it('takes part in several jobs at once, whose messages do not meet', async () => {
    const { stations } = await federate();
    const [a, b] = await Promise.all([meet(stations, 'a'), meet(stations, 'b')]);
    await Promise.all([say(a, 'a'), say(b, 'b')]);
    await closeAll([...a, ...b]);
  });

  it('meets again under the same job', async () => {
    const { stations } = await federate();
    for (const word of ['once', 'twice']) {
      const channels = await meet(stations, 'again');
      await say(channels, word);
      await closeAll(channels);
    }
  });

  it('loses no message and repeats none when connections are cut again and again', {
    timeout: 60_000,
  }, async () => {
    const { stations, cutters } = await federate();
    const channels = await meet(stations, 'cut');
    const rounds = 3000;
    const bytes = (rank: number, i: number) =>
      new Uint8Array(i % 97 === 0 ? 300_000 : 40).fill((i * 3 + rank) % 251);
    const cutting = (async () => {
      for (let i = 0; i < 12; i++) {
        await sleep(40 + 17 * i);
        await cutters[i % 2]!.cut(i % 3 === 0 ? 150 : 0);
      }
    })();
    await Promise.all(
      channels.map(async (channel) => {
        for (let i = 0; i < rounds; i++) {
          for (const peer of channel.peers) channel.send(peer, stepAddress(i), bytes(channel.rank, i));
          for (const peer of channel.peers)
            expect(Buffer.compare(await channel.recv(peer, stepAddress(i)), bytes(peer, i))).toBe(0);
          if (i % 100 === 0) await channel.drain();
          if (i % 10 === 0) await sleep(1);
        }
      }),
    );
    await cutting;
    await closeAll(channels);
  });

  it('gets over a connection that is silent, not broken', { timeout: 30_000 }, async () => {
    const { stations, cutters } = await federate({ lostAfter: 800 });
    const channels = await meet(stations, 'silent');
    await cutters[0]!.cut(2000);
    await say(channels, 'back');
    await closeAll(channels);
  });

  it('misses a peer that does not come back', { timeout: 30_000 }, async () => {
    const { stations, cutters } = await federate({ patience: 500 });
    const channels = await meet(stations, 'gone');
    const waiting = channels[1]!.recv(0, address);
    void cutters[0]!.cut(5000);
    await expect(waiting).rejects.toMatchObject({ code: 'peer-lost', party: 0 });
    await Promise.all(channels.map((channel) => channel.close(new Error('over'))));
  });

  it('knows at once that a peer has forgotten the job', { timeout: 30_000 }, async () => {
    const { stations, credentials } = await federate();
    const first = await meet(stations, 'job');
    const lost = first.map((channel) =>
      expect(channel.recv(channel.rank === 2 ? 0 : 2, address)).rejects.toMatchObject({ code: 'peer-lost' }),
    );
    // As if its process had been started again.
    const fresh = await station({ tls: credentials[2]!, listen: '127.0.0.1:0', peers: peersOf(stations) });
    open.push(fresh);
    const again = fresh.network({ job: 'job', timeout: 10_000 }).join(2, {});
    await Promise.all(lost);
    const others = await meet(stations.slice(0, 2), 'job');
    const second = [...others, await again];
    await say(second, 'new');
    await closeAll(second);
  });

  it('turns away certificates of other federations and web pages', async () => {
    const { stations, credentials } = await federate();
    const [stranger] = await keys('houses', ['1']);
    const { WebSocket } = await import('ws');
    const status = (options: object): Promise<string> =>
      new Promise((resolve) => {
        const web = new WebSocket(`${stations[0]!.url.replace('https', 'wss')}/job/x`, {
          checkServerIdentity: () => false,
          ...options,
        });
        web.on('error', (error) => resolve(error.message));
        web.on('open', () => resolve('open'));
      });
    const own = credentials[1];
    expect(await status({ ...stranger, rejectUnauthorized: false })).not.toBe('open');
    expect(await status({ ...own, origin: 'https://example.org' })).toMatch('403');
    expect(await status({ ...own })).toMatch('404');
  });

  it('finds the others through a rendezvous, also when that has gone', { timeout: 30_000 }, async () => {
    const credentials = await keys('houses', ['0', '1', '2', 'board']);
    const board = await rendezvous({ listen: '127.0.0.1:0', tls: credentials[3]! });
    const stations = await Promise.all(
      credentials
        .slice(0, 3)
        .map((tls) => station({ tls, listen: '127.0.0.1:0', rendezvous: board.address })),
    );
    open.push(...stations);
    expect(await stations[0]!.find(1)).toBe(stations[1]!.url);
    await board.close();
    expect(await stations[0]!.find(1)).toBe(stations[1]!.url);
    // Of whom nothing was said.
    expect(await stations[0]!.find(2)).toBeUndefined();
  });

  it('finds the others through Redis, also when Redis has gone', { timeout: 60_000 }, async () => {
    const redis = await startRedis();
    const credentials = await keys('houses', ['0', '1', '2']);
    const stations = await Promise.all(
      credentials.map((tls) => station({ tls, listen: '127.0.0.1:0', redis: redis.url })),
    );
    open.push(...stations);
    await closeAll(await meet(stations, 'before'));
    await redis.stop();
    const channels = await meet(stations, 'after', 40_000);
    await say(channels, 'still');
    await closeAll(channels);
  });
});
