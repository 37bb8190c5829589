import { type Agreement, type Channel, local, type Network, type Rank, TriadError } from '@triad/protocol';
import { alike, difference, type Terms } from './agreement.js';
import { wireVersion } from './handshake.js';
import { checkRoster, type Roster, rankOf, ranks } from './roster.js';

export interface InMemoryOptions {
  /** Computing parties; default 3. */
  readonly parties?: number;
  /** Names of input and result parties. */
  readonly outside?: readonly string[];
}

interface Guest {
  readonly terms: Terms;
  readonly resolve: (channel: Channel) => void;
  readonly reject: (error: TriadError) => void;
}

/** A network inside one process, for tests and trials. When all roles have joined, it is free for the next job. */
export const inMemory = ({ parties = 3, outside = [] }: InMemoryOptions = {}): Network => {
  const roster: Roster = { job: 'memory', parties, outside };
  checkRoster(roster);
  let guests = new Map<Rank, Guest>();
  return {
    outside,
    join: async (role, agreement: Agreement) => {
      const rank = rankOf(roster, role);
      if (guests.has(rank))
        throw new TriadError('mismatch', `role ${role} has joined already`, { party: rank });
      const terms = { rank, parties, outside, agreement, version: wireVersion };
      const joined = new Promise<Channel>(
        (resolve, reject) => void guests.set(rank, { terms, resolve, reject }),
      );
      if (guests.size === ranks(roster).length) {
        meet(roster, guests);
        guests = new Map();
      }
      return joined;
    },
  };
};

const meet = ({ parties, outside }: Roster, guests: ReadonlyMap<Rank, Guest>): void => {
  const host = guests.get(0)!;
  const { channels } = local(parties, { outside: outside.length });
  const found = [...guests.values()]
    .map(({ terms }) => difference(host.terms, terms))
    .find((d) => d !== undefined);
  for (const [rank, { resolve, reject }] of guests) {
    if (found === undefined) resolve(channels[rank]!);
    else reject(new TriadError('mismatch', found, { remedy: alike }));
  }
};
