import { type NetworkOptions, network } from '@triad/net';
import type { Channel, Network, Traffic } from '@triad/protocol';
import { readCredentials } from './credential.js';
import type { PartyValues } from './job-option.js';
import { waysOf } from './way.js';

/** Who takes part, and how patient they are with each other. */
export interface Roster extends Pick<NetworkOptions, 'lostAfter'> {
  readonly parties: number;
  readonly outside: readonly string[];
  /** Of the computing parties, where they are not numbers. */
  readonly names?: readonly string[];
}

/** The network that a party's command line describes. Throws `bad-argument` where it describes none. */
export const connect = (values: PartyValues, roster: Roster): Network => {
  const { job, listen, tls, insecure, timeout } = values;
  return network({
    job,
    ...roster,
    ...waysOf(values),
    ...(listen !== undefined && { listen }),
    ...(tls !== undefined && { tls: readCredentials(tls) }),
    ...(insecure !== undefined && { insecure }),
    ...(timeout !== undefined && { timeout: timeout * 1000 }),
    ...(process.stderr.isTTY && { log: (line: string) => console.error(line) }),
  });
};

const silent: Traffic = { sent: { bytes: 0, messages: 0 }, received: { bytes: 0, messages: 0 } };

/** A network whose channel can be asked for its traffic. */
export const counted = (network: Network): { readonly network: Network; traffic(): Traffic } => {
  let channel: Channel | undefined;
  const join: Network['join'] = async (role, agreement) => {
    channel = await network.join(role, agreement);
    return channel;
  };
  return { network: { ...network, join }, traffic: () => channel?.traffic ?? silent };
};
