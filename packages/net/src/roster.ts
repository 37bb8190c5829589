import { type Rank, TriadError } from '@triad/protocol';

/** Who takes part in a job: computing parties by number, then outside parties by name. */
export interface Roster {
  readonly job: string;
  /** How many computing parties there are. */
  readonly parties: number;
  /** Input and result parties; the first has rank `parties`. */
  readonly outside: readonly string[];
  /** Names of the computing parties, where they are not called by their numbers. */
  readonly names?: readonly string[] | undefined;
}

const federationPattern = /^[A-Za-z0-9._-]{1,64}$/;
const jobPattern = /^[A-Za-z0-9._-]{1,64}(?:\/[A-Za-z0-9._-]{1,64})?$/;
const namePattern = /^[A-Za-z][A-Za-z0-9-]{0,31}$/;
const maxParties = 64;

export const checkJob = (job: string): void => {
  if (jobPattern.test(job)) return;
  throw new TriadError('bad-argument', `${JSON.stringify(job)} is no job name`, {
    remedy:
      'use 1 to 64 letters, digits, dots, dashes and underscores, and no more than one slash between two such names',
  });
};

/** Throws `bad-argument` for what is no name that certificates are made for. */
export const checkFederation = (name: string): void => {
  if (federationPattern.test(name)) return;
  throw new TriadError('bad-argument', `${JSON.stringify(name)} is no job name that certificates can have`, {
    remedy: 'use 1 to 64 letters, digits, dots, dashes and underscores',
  });
};

/** Whether a certificate made for `name` speaks in a job: in that of its name, and in its parts. */
export const covers = (name: string, job: string): boolean => job === name || job.startsWith(`${name}/`);

/** Throws `bad-argument` unless names and numbers are in their ranges. */
export const checkRoster = ({ job, parties, outside, names = [] }: Roster): void => {
  checkJob(job);
  if (!(Number.isInteger(parties) && parties >= 2 && parties + outside.length <= maxParties)) {
    throw new TriadError(
      'bad-argument',
      `a job has 2 to ${maxParties} parties; got ${parties} + ${outside.length}`,
    );
  }
  if (names.length > 0 && names.length !== parties) {
    throw new TriadError('bad-argument', `${parties} parties have ${names.length} names`, {
      remedy: 'name each of them, or none',
    });
  }
  const named = [...names, ...outside];
  for (const [i, name] of named.entries()) {
    if (namePattern.test(name) && named.indexOf(name) === i) continue;
    throw new TriadError('bad-argument', `party ${JSON.stringify(name)} has a bad name or one given twice`, {
      remedy: 'use up to 32 letters, digits and dashes, a letter first',
    });
  }
};

export const ranks = (roster: Roster): Rank[] =>
  Array.from({ length: roster.parties + roster.outside.length }, (_, rank) => rank);

/** `0` or `bank`: a party as the command line and its certificate name it. */
export const roleName = (roster: Roster, rank: Rank): string =>
  rank < roster.parties ? (roster.names?.[rank] ?? String(rank)) : roster.outside[rank - roster.parties]!;

/** `party 0` or `bank (party 3)`, for messages to people. */
export const partyName = (roster: Roster, rank: Rank): string =>
  roleName(roster, rank) === String(rank) ? `party ${rank}` : `${roleName(roster, rank)} (party ${rank})`;

/** The rank of a role; throws `bad-argument` naming the roles there are. */
export const rankOf = (roster: Roster, role: number | string): Rank => {
  const named = (r: Rank) => roster.names !== undefined || r >= roster.parties;
  const rank = ranks(roster).find((r) => (named(r) ? roleName(roster, r) : r) === role);
  if (rank !== undefined) return rank;
  const roles = ranks(roster).map((r) => roleName(roster, r));
  throw new TriadError('bad-argument', `job ${roster.job} has no role ${JSON.stringify(role)}`, {
    remedy: `its roles are ${roles.join(', ')}`,
  });
};

/** Outside parties have links to computing parties only. */
export const linked = (roster: Roster, a: Rank, b: Rank): boolean =>
  a !== b && (a < roster.parties || b < roster.parties);

export const peersOf = (roster: Roster, rank: Rank): Rank[] =>
  ranks(roster).filter((r) => linked(roster, rank, r));

/** Of each pair the higher rank dials the lower. */
export const dials = (roster: Roster, from: Rank): Rank[] => peersOf(roster, from).filter((to) => to < from);
