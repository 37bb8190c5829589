import { readFederation } from '@triad/net';
import { type Client, connect } from '@triad/node';
import type { Command } from 'commander';
import { badArgument } from './bad-argument.js';
import { readIdentity } from './credential.js';
import { addDiscoveryOptions, type PartyValues } from './job-option.js';
import { waysOf } from './way.js';

/** Who asks the nodes of a federation, and where they are. */
export interface MemberValues extends Pick<PartyValues, 'redis' | 'rendezvous' | 'peers' | 'json' | 'debug'> {
  readonly identity: string;
}

export const addMemberOptions = (command: Command): Command =>
  addDiscoveryOptions(command.requiredOption('--identity <folder>', "a role's folder, made by `triad keys`"))
    .option('--json', 'one JSON object a line')
    .option('--debug', 'show the stack of an error');

const nodes = 3;

/** Does something at the nodes of the federation. */
export const withNodes = async <T>(values: MemberValues, act: (client: Client) => Promise<T>): Promise<T> => {
  const identity = readIdentity(values.identity);
  // Told here, before TLS fails for it.
  readFederation(identity).member(identity.role);
  const ways = waysOf(values);
  const count = values.peers?.length ?? nodes;
  if (count !== nodes)
    throw badArgument(
      `--peers has ${count} addresses`,
      'write those of nodes 0, 1 and 2, with commas between',
    );
  const client = await connect({ identity, ...ways });
  try {
    return await act(client);
  } finally {
    await client.close();
  }
};
