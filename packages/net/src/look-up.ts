import { type Rank, TriadError } from '@triad/protocol';
import { subjectOf } from './role-certificate.js';
import { checkRoster, type Roster, rankOf } from './roster.js';
import { checkWays, openDirectory, type Ways } from './way.js';
import type { Credentials } from './wire.js';

export interface LookUpOptions extends Ways {
  readonly tls: Credentials;
  /** Computing parties; default 3. */
  readonly parties?: number;
  /** Milliseconds to wait for a directory; default 10 seconds. */
  readonly timeout?: number;
}

/** Where a federation's stations are, for somebody who announces nothing. */
export interface LookUp {
  readonly federation: string;
  readonly role: string;
  /** Of a computing party, as `https://host:port`. Throws `timeout` when it has not announced itself. */
  find(rank: Rank): Promise<string>;
  close(): Promise<void>;
}

const defaultTimeout = 10_000;

/** Opens a directory to look into. Throws `timeout` when it does not answer. */
export const lookUp = async (options: LookUpOptions): Promise<LookUp> => {
  const { tls, parties = 3, timeout = defaultTimeout } = options;
  const { federation, role } = subjectOf(tls);
  const computing = /^\d+$/.test(role);
  const roster: Roster = { job: federation, parties, outside: computing ? [] : [role] };
  checkRoster(roster);
  checkWays(options, roster, { tls: true, insecure: false });
  const rank = rankOf(roster, computing ? Number(role) : role);
  const directory = await openDirectory(options, { roster, rank, tls, signal: AbortSignal.timeout(timeout) });
  return {
    federation,
    role,
    find: async (wanted) => {
      const place = await directory.find(wanted);
      if (place !== undefined) return place.replace(/^wss:/, 'https:');
      throw new TriadError('timeout', `node ${wanted} of ${federation} has not announced itself`, {
        party: wanted,
        remedy: `start it with \`triad node\`, or check that both use the same directory`,
      });
    },
    close: () => directory.close(),
  };
};
