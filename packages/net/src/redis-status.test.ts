import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, freePorts } from './fixture/meet.js';
import { type RedisServer, startRedis } from './fixture/redis.js';
import { redisStatus } from './redis-status.js';

/** Against a real `redis-server`. */
describe('the status of Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('has its version, how long it takes to answer, and its clock', async () => {
    const { version, latency, ahead } = await redisStatus(redis.url);
    expect(version).toMatch(/^\d+\.\d+/);
    expect(latency).toBeGreaterThan(0);
    expect(Math.abs(ahead!)).toBeLessThan(5000);
  });

  it('lacks what a user may not ask', async () => {
    await redis.client.call('ACL', 'SETUSER', 'party', 'on', '>word', '~triad:*', '+get', '+set', '+ping');
    const status = await redisStatus(redis.url.replace('//', '//party:word@'));
    expect(status).toEqual({ version: undefined, ahead: undefined, latency: expect.any(Number) });
  });

  it('cannot be had of a server that is not there, and the error holds no password', async () => {
    const [port] = await freePorts(1);
    const error = await failure(redisStatus(`redis://user:secret@127.0.0.1:${port}`));
    expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining('ECONNREFUSED') });
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('secret');
  });

  it('cannot be had of what is no URL', async () => {
    expect(await failure(redisStatus('http://127.0.0.1'))).toMatchObject({ code: 'bad-argument' });
  });
});
