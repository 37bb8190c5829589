import type { Network, Rank } from '@triad/protocol';
import { type Endpoint, parseEndpoint, requireProtection } from './endpoint.js';
import { join } from './join.js';
import { checkRoster, type Roster, rankOf, roleName } from './roster.js';
import { SocketCarrier } from './socket-carrier.js';
import { checkWays, openDirectory, type Ways } from './way.js';
import { type Credentials, listen as listenAt } from './wire.js';

export interface NetworkOptions extends Ways {
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
  checkWays(options, roster, { tls: tls !== undefined, insecure });
  if (options.listen !== undefined) parseEndpoint(options.listen, 'listen');
  return {
    outside,
    join: async (role, agreement) => {
      const rank = rankOf(roster, role);
      const listen = endpointOf(options, roster, rank);
      requireProtection(listen.host, { tls: tls !== undefined, insecure });
      const open = (signal: AbortSignal) => openDirectory(options, { roster, rank, tls, signal });
      return join({
        roster,
        rank,
        agreement,
        listen: (onWire) => listenAt({ listen, tls, origins, log }, onWire),
        carry: (_, wire) => new SocketCarrier(wire),
        tls,
        insecure,
        timeout,
        lostAfter,
        log,
        open,
      });
    },
  };
};

const endpointOf = ({ listen, peers }: NetworkOptions, roster: Roster, rank: Rank): Endpoint =>
  parseEndpoint(listen ?? peers?.[roleName(roster, rank)] ?? '127.0.0.1:0', 'listen');
