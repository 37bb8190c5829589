import { afterEach, describe, expect, it } from 'vitest';
import { hasRedis, startRedis } from '../fixture/redis.js';
import { records, triadEnded } from '../fixture/triad.js';

let redis: { readonly url: string; stop(): Promise<void> } | undefined;
afterEach(async () => {
  delete process.env.TRIAD_REDIS;
  await redis?.stop();
  redis = undefined;
});

const demo = async (name: string): Promise<Record<string, unknown>> => {
  const { code, stdout, stderr } = await triadEnded('demo', `federated-${name}`, '--epochs', '3', '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return records(stdout).at(-1)!;
};

describe('`triad demo federated-...`, from CSV files to predictions', () => {
  it('horizontal: rows of three owners', async () => {
    expect(await demo('horizontal')).toMatchObject({ ok: true, epochs: 3 });
  });

  it('transfer: a public extractor, and a head on secret data', async () => {
    const { ok, accuracy } = await demo('transfer');
    expect(ok).toBe(true);
    expect(accuracy).toBeGreaterThan(70);
  });

  it.skipIf(!hasRedis)('vertical: columns of two owners, aligned; over TLS and Redis', async () => {
    redis = await startRedis();
    process.env.TRIAD_REDIS = redis.url;
    expect(await demo('vertical')).toMatchObject({ ok: true, epochs: 3 });
  });
});
