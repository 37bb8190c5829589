import { type Network, type Rank, TriadError } from '@triad/protocol';
import type { Directory } from './directory.js';
import { checkRedisUrl, type Endpoint, parseEndpoint, requireProtection } from './endpoint.js';
import { checkPeers, fixedPeers, type Peers } from './fixed.js';
import { join } from './join.js';
import { checkRoster, type Roster, rankOf, roleName } from './roster.js';
import { visitRendezvous } from './visit.js';
import type { Credentials } from './wire.js';

export interface NetworkOptions {
  /** The same for all parties of one run; other runs have other jobs. */
  readonly job: string;
  /** Computing parties; default 3. */
  readonly parties?: number;
  /** Names of the computing parties, as in their certificates; default their numbers. */
  readonly names?: readonly string[];
  /** Names of input and result parties. */
  readonly outside?: readonly string[];
  /** `host:port` this party waits at; default its entry in `peers`, or any free port of 127.0.0.1. */
  readonly listen?: string;
  /** Ways to find each other, one of them: a Redis URL, */
  readonly redis?: string;
  /** `host:port` of a rendezvous, */
  readonly rendezvous?: string;
  /** or `host:port` by role. */
  readonly peers?: Peers;
  /** Mutual TLS, as needed between hosts. */
  readonly tls?: Credentials;
  /** Allows plain sockets between hosts: everybody on the way can read and change the shares. */
  readonly insecure?: boolean;
  /** Origins of web pages that may take part, such as `https://example.org`; default none. Without it any page somebody opens could dial a party. */
  readonly origins?: readonly string[];
  /** Milliseconds to find everybody; default a minute. */
  readonly timeout?: number;
  /** Milliseconds of silence after which a peer counts as lost; default 8000. Longer than any one local computation. */
  readonly lostAfter?: number;
  /** Told what happens while the parties meet. */
  readonly log?: (line: string) => void;
}

/** A network of websockets. Throws `bad-argument` for options that cannot work. */
export const network = (options: NetworkOptions): Network => {
  const {
    job,
    names,
    parties = names?.length ?? 3,
    outside = [],
    tls,
    insecure = false,
    origins = [],
  } = options;
  const { timeout = 60_000, lostAfter = 8000, log = () => {} } = options;
  const roster: Roster = { job, parties, outside, names };
  checkRoster(roster);
  checkWays(options);
  if (options.peers !== undefined) checkPeers(roster, options.peers, { tls: tls !== undefined, insecure });
  if (options.listen !== undefined) parseEndpoint(options.listen, 'listen');
  if (options.rendezvous !== undefined) parseEndpoint(options.rendezvous, 'rendezvous');
  if (options.redis !== undefined) checkRedisUrl(options.redis);
  return {
    outside,
    join: async (role, agreement) => {
      const rank = rankOf(roster, role);
      const listen = listenAt(options, roster, rank);
      requireProtection(listen.host, { tls: tls !== undefined, insecure });
      const open = (signal: AbortSignal) => openDirectory({ options, roster, rank, signal });
      return join({ roster, rank, agreement, listen, tls, insecure, origins, timeout, lostAfter, log, open });
    },
  };
};

const checkWays = ({ redis, rendezvous, peers }: NetworkOptions): void => {
  if ([redis, rendezvous, peers].filter((way) => way !== undefined).length === 1) return;
  throw new TriadError('bad-argument', 'parties find each other in one of three ways', {
    remedy: 'give one of redis, rendezvous and peers',
  });
};

const listenAt = ({ listen, peers }: NetworkOptions, roster: Roster, rank: Rank): Endpoint =>
  parseEndpoint(listen ?? peers?.[roleName(roster, rank)] ?? '127.0.0.1:0', 'listen');

interface Opening {
  readonly options: NetworkOptions;
  readonly roster: Roster;
  readonly rank: Rank;
  readonly signal: AbortSignal;
}

const openDirectory = async ({ options, roster, rank, signal }: Opening): Promise<Directory> => {
  const { redis, rendezvous, peers = {}, tls } = options;
  // Loaded when needed: it takes longer to load than parties take to meet.
  if (redis !== undefined) return (await import('./redis.js')).redisDirectory(redis, roster, rank);
  if (rendezvous !== undefined) return visitRendezvous({ at: rendezvous, roster, rank, tls, signal });
  return fixedPeers(roster, peers, tls !== undefined);
};
