import { type Rank, TriadError } from '@triad/protocol';
import type { Directory } from './directory.js';
import { checkRedisUrl, type Protection, parseEndpoint } from './endpoint.js';
import { checkPeers, fixedPeers, type Peers } from './fixed.js';
import type { Roster } from './roster.js';
import { visitRendezvous } from './visit.js';
import type { Credentials } from './wire.js';

/** Ways for parties to find each other, one of them: */
export interface Ways {
  /** a Redis URL, */
  readonly redis?: string;
  /** `host:port` of a rendezvous, */
  readonly rendezvous?: string;
  /** or `host:port` by role. */
  readonly peers?: Peers;
}

/** Throws `bad-argument` unless there is one way, in a form that may work. */
export const checkWays = ({ redis, rendezvous, peers }: Ways, roster: Roster, link: Protection): void => {
  if ([redis, rendezvous, peers].filter((way) => way !== undefined).length !== 1) {
    throw new TriadError('bad-argument', 'parties find each other in one of three ways', {
      remedy: 'give one of redis, rendezvous and peers',
    });
  }
  if (peers !== undefined) checkPeers(roster, peers, link);
  if (rendezvous !== undefined) parseEndpoint(rendezvous, 'rendezvous');
  if (redis !== undefined) checkRedisUrl(redis);
};

export interface Opening {
  readonly roster: Roster;
  readonly rank: Rank;
  readonly tls: Credentials | undefined;
  /** Ends the waiting for a rendezvous that is not there yet. */
  readonly signal: AbortSignal;
  /** Looks for a server that is gone until closed; what is asked meanwhile fails soon. */
  readonly lasting?: boolean;
}

export const openDirectory = async (
  { redis, rendezvous, peers = {} }: Ways,
  { roster, rank, tls, signal, lasting = false }: Opening,
): Promise<Directory> => {
  // Loaded when needed: it takes longer to load than parties take to meet.
  if (redis !== undefined)
    return (await import('./redis.js')).redisDirectory(redis, roster, rank, { lasting });
  if (rendezvous !== undefined)
    return visitRendezvous({ at: rendezvous, roster, rank, tls, signal, lasting });
  return fixedPeers(roster, peers, tls !== undefined);
};
