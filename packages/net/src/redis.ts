import { type Rank, TriadError } from '@triad/protocol';
import { Redis } from 'ioredis';
import { Announcement, announcementPace, announcementTime, type Directory, maxUrl } from './directory.js';
import { type Roster, roleName } from './roster.js';

const attempts = 5;

/** `redis://host:port`, without user and password. */
const shown = (url: string): string => {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
};

export interface RedisOptions {
  /** Looks for a server that is gone until closed. */
  readonly lasting?: boolean;
}

/** A connection, and a way to ask over it. */
export interface OpenRedis {
  readonly redis: Redis;
  /** The answer. Throws `timeout` when there is none. */
  ask<T>(question: Promise<T>): Promise<T>;
}

/** Connects. Throws `timeout` when the server does not answer. */
export const openRedis = async (url: string, { lasting = false }: RedisOptions = {}): Promise<OpenRedis> => {
  let trouble: Error | undefined;
  const redis = new Redis(url, {
    lazyConnect: true,
    enableReadyCheck: false,
    connectTimeout: 2000,
    commandTimeout: 5000,
    maxRetriesPerRequest: attempts,
    retryStrategy: (attempt) => (attempt > attempts && !lasting ? null : 200 * Math.min(attempt, attempts)),
  });
  redis.on('error', (error: Error) => {
    trouble = error;
  });
  const ask = async <T>(question: Promise<T>): Promise<T> => {
    try {
      return await question;
    } catch (cause) {
      const why = (trouble ?? (cause as Error)).message;
      const remedy = 'check the URL, and that the server runs and can be reached from here';
      // The cause stays here: it may hold a command, and that the password.
      throw new TriadError('timeout', `Redis at ${shown(url)} does not answer (${why})`, { remedy });
    }
  };
  try {
    await ask(redis.ping());
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return { redis, ask };
};

/** Addresses in Redis, under `triad:{job}:party:{role}`. Throws `timeout` when the server does not answer. */
export const redisDirectory = async (
  url: string,
  roster: Roster,
  rank: Rank,
  options: RedisOptions = {},
): Promise<Directory> => {
  const { redis, ask } = await openRedis(url, options);
  const key = (r: Rank) => `triad:${roster.job}:party:${roleName(roster, r)}`;
  const announcement = new Announcement();
  let refresh: NodeJS.Timeout | undefined;
  let announced: string | undefined;
  return {
    volatile: true,
    seenAs: redis.stream.localAddress,
    announce: async (address) => {
      announced = address;
      const set = async () => {
        await redis.set(key(rank), address, 'PX', announcementTime);
        announcement.renew();
      };
      await ask(set());
      refresh = setInterval(() => void set().catch(() => {}), announcementPace);
    },
    holds: () => announcement.holds(),
    find: async (peer) => {
      const address = await ask(redis.get(key(peer)));
      return address !== null && address.length <= maxUrl ? address : undefined;
    },
    close: async () => {
      clearInterval(refresh);
      if (announced !== undefined) await withdraw(redis, key(rank), announced).catch(() => {});
      redis.disconnect();
    },
  };
};

/** Deletes a key unless somebody else has set it since. */
const withdraw = (redis: Redis, key: string, value: string): Promise<unknown> =>
  redis.eval(
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end",
    1,
    key,
    value,
  );
