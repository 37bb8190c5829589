import type { Channel } from '@triad/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, freePorts, meet, newJob } from './fixture/meet.js';
import { type RedisServer, startRedis } from './fixture/redis.js';
import { network } from './network.js';
import { rendezvous } from './rendezvous.js';

const address = { step: 0, index: 0, path: 0 };
const close = (channels: readonly Channel[]) => Promise.all(channels.map((channel) => channel.close()));

const expectRing = async (channels: readonly Channel[], mark: number): Promise<void> => {
  for (const channel of channels.slice(0, 3))
    channel.send((channel.rank + 1) % 3, address, Uint8Array.of(mark));
  for (const channel of channels.slice(0, 3)) {
    expect([...(await channel.recv((channel.rank + 2) % 3, address))]).toEqual([mark]);
  }
};

/** Against a real `redis-server`. */
describe('Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('lets parties meet, under keys that expire, and is clean afterwards', async () => {
    const job = newJob();
    const options = { job, redis: redis.url, outside: ['bank'] };
    const joining = [0, 1, 'bank'].map((role) => network(options).join(role, {}));
    const key = `triad:${job}:party:0`;
    while ((await redis.client.get(key)) === null);
    expect(await redis.client.get(key)).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
    const ttl = await redis.client.pttl(key);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(15_000);
    const channels = await Promise.all([...joining.slice(0, 2), network(options).join(2, {}), joining[2]!]);
    await expectRing(channels, 1);
    expect(await redis.client.keys(`triad:${job}:*`)).toEqual([]);
    await close(channels);
  });

  it('serves two jobs at once, which never meet', async () => {
    const [first, second] = await Promise.all([
      meet({ job: newJob(), redis: redis.url }),
      meet({ job: newJob(), redis: redis.url }),
    ]);
    await Promise.all([expectRing(first, 1), expectRing(second, 2)]);
    await close([...first, ...second]);
  });

  it('may hold stale addresses: of nobody, of nonsense, of another job, of a web server', async () => {
    const [job, other] = [newJob(), newJob()];
    const [dead] = await freePorts(1);
    const ports = await freePorts(3);
    const busy = network({
      job: other,
      peers: Object.fromEntries(ports.map((port, role) => [role, `127.0.0.1:${port}`])),
      timeout: 3000,
    });
    const waiting = failure(busy.join(0, {}));
    const web = await rendezvous({ listen: '127.0.0.1:0' });
    const stale = [
      `ws://127.0.0.1:${dead}`,
      'x'.repeat(400),
      `ws://127.0.0.1:${ports[0]}`,
      'wss://127.0.0.1:9',
      '',
    ];
    for (const url of stale) {
      await redis.client.set(`triad:${job}:party:0`, url);
      await redis.client.set(`triad:${job}:party:1`, url);
      const joining = [1, 2].map((role) => network({ job, redis: redis.url }).join(role, {}));
      await new Promise((resolve) => setTimeout(resolve, 150));
      const channels = await Promise.all([network({ job, redis: redis.url }).join(0, {}), ...joining]);
      await expectRing(channels, 3);
      await close(channels);
    }
    await web.close();
    expect((await waiting).message).toContain('job differs');
  });

  it('keeps the address of a party that was started since', async () => {
    const job = newJob();
    const key = `triad:${job}:party:0`;
    const failed = failure(network({ job, redis: redis.url, timeout: 400 }).join(0, {}));
    while ((await redis.client.get(key)) === null);
    await redis.client.set(key, 'ws://127.0.0.1:1');
    await failed;
    expect(await redis.client.get(key)).toBe('ws://127.0.0.1:1');
  });

  it('is named without its password when it does not answer', async () => {
    const [port] = await freePorts(1);
    const url = `redis://user:secret@127.0.0.1:${port}/0`;
    const error = await failure(network({ job: newJob(), redis: url }).join(0, {}));
    expect(error.code).toBe('timeout');
    expect(error.message).toContain(
      `Redis at redis://127.0.0.1:${port} does not answer (connect ECONNREFUSED`,
    );
    expect(error.message).toContain('check the URL');
    expect(`${error.stack}${JSON.stringify(error)}${String(error.cause)}`).not.toContain('secret');
  });

  it('is named without the password that it refuses', async () => {
    await redis.client.config('SET', 'requirepass', 'right');
    const url = redis.url.replace('//', '//:wrong@');
    const error = await failure(network({ job: newJob(), redis: url }).join(0, {}));
    await redis.client.config('SET', 'requirepass', '');
    expect(error.message).toContain('WRONGPASS');
    expect(`${error.stack}${JSON.stringify(error)}${String(error.cause)}`).not.toMatch(/wrong@|"wrong"/);
  });

  it.each(['http://127.0.0.1:6379', '127.0.0.1:6379', 'redis://'])('needs a URL, not %s', (url) => {
    expect(() => network({ job: 'j', redis: url })).toThrow(/^redis: .* write redis:/);
  });
});
