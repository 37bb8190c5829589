import { badArgument } from './bad-argument.js';
import type { PartyValues } from './job-option.js';

/** How others are found, as the library takes it: one of three. */
export interface Ways {
  readonly redis?: string;
  readonly rendezvous?: string;
  readonly peers?: Readonly<Record<string, string>>;
}

/** Where the command line says nothing: a URL with a password is better not on it, where all of the machine can see it. */
const variable = 'TRIAD_REDIS';

/** What the command line says, or else the environment. Throws `bad-argument` when nothing does. */
export const waysOf = ({ redis, rendezvous, peers }: Pick<PartyValues, keyof Ways>): Ways => {
  if (redis !== undefined) return { redis };
  if (rendezvous !== undefined) return { rendezvous };
  if (peers !== undefined) return { peers: Object.fromEntries(peers.entries()) };
  const url = process.env[variable];
  if (url) return { redis: url };
  throw badArgument(
    'nothing says how to find the others',
    `add --redis, --rendezvous or --peers, or set ${variable}`,
  );
};
