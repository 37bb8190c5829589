import { checkRedisUrl } from './endpoint.js';
import type { OpenRedis } from './redis.js';

/** How a Redis server is, seen from here. */
export interface RedisStatus {
  /** Undefined when the server does not tell this user. */
  readonly version: string | undefined;
  /** Milliseconds from a question to its answer: the median of nine. */
  readonly latency: number;
  /** Milliseconds by which its clock is ahead of this machine's; undefined when the server does not tell this user. */
  readonly ahead: number | undefined;
}

const questions = 9;

/** Asks a Redis server how it is. Throws `timeout` when it does not answer, `bad-argument` for a text that is no URL of one. */
export const redisStatus = async (url: string): Promise<RedisStatus> => {
  checkRedisUrl(url);
  // Loaded when needed: most users of this package find each other in other ways.
  const { openRedis } = await import('./redis.js');
  const open = await openRedis(url);
  try {
    const latency = await latencyOf(open);
    return { version: await versionOf(open), latency, ahead: await aheadOf(open) };
  } finally {
    open.redis.disconnect();
  }
};

const latencyOf = async ({ redis, ask }: OpenRedis): Promise<number> => {
  const times: number[] = [];
  for (let i = 0; i < questions; i++) {
    const start = performance.now();
    await ask(redis.ping());
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[questions >> 1]!;
};

/** Some users may only read and write. */
const versionOf = async ({ redis }: OpenRedis): Promise<string | undefined> => {
  const text = await redis.info('server').catch(() => '');
  return /redis_version:([0-9A-Za-z.+-]{1,40})/.exec(text)?.[1];
};

const aheadOf = async ({ redis }: OpenRedis): Promise<number | undefined> => {
  const asked = Date.now();
  const answer = await redis.time().catch(() => undefined);
  if (answer === undefined) return undefined;
  const [seconds, micros] = answer.map(Number);
  return seconds! * 1000 + micros! / 1000 - (asked + Date.now()) / 2;
};
