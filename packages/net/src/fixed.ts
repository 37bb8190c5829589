import { type Rank, TriadError } from '@triad/protocol';
import type { Directory } from './directory.js';
import { formatUrl, type Protection, parseEndpoint, requireProtection } from './endpoint.js';
import { partyName, type Roster, rankOf, roleName } from './roster.js';

/** Role to `host:port`; only parties that others dial need an entry. */
export type Peers = Readonly<Record<string, string>>;

const isNumber = /^\d+$/;

/** Throws `bad-argument` for roles that the job does not have, and for addresses that need TLS. */
export const checkPeers = (roster: Roster, peers: Peers, link: Protection): void => {
  for (const [role, address] of Object.entries(peers)) {
    rankOf(roster, isNumber.test(role) ? Number(role) : role);
    requireProtection(parseEndpoint(address, `peers, role ${role}`).host, link);
  }
};

/** A list that the user wrote down. */
export const fixedPeers = (roster: Roster, peers: Peers, secure: boolean): Directory => ({
  volatile: false,
  seenAs: undefined,
  announce: async () => {},
  holds: () => true,
  find: async (rank: Rank) => {
    const address = peers[roleName(roster, rank)];
    if (address !== undefined) return formatUrl(parseEndpoint(address, 'peers'), secure);
    throw new TriadError('bad-argument', `peers: there is no address of ${partyName(roster, rank)}`, {
      remedy: `add ${roleName(roster, rank)}=host:port`,
    });
  },
  close: async () => {},
});
