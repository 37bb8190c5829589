import { rendezvous } from '@triad/net';
import { Command } from 'commander';
import { readCredentials } from '../credential.js';

interface Options {
  readonly listen: string;
  readonly tls?: string;
  readonly json?: boolean;
}

/** `triad rendezvous`: a place to find each other without Redis. */
export const rendezvousCommand = (): Command =>
  new Command('rendezvous')
    .description('wait where the parties of any job can find each other')
    .option('--listen <host:port>', 'where to wait; port 0 takes any', '127.0.0.1:8699')
    .option('--tls <folder>', 'certificates made by `triad keys`: for one job, with mutual TLS')
    .option('--json', 'one JSON object a line')
    .option('--debug', 'show the stack of an error')
    .action(run);

/** Ends with SIGINT or SIGTERM. */
const run = async ({ listen, tls, json }: Options): Promise<void> => {
  const board = await rendezvous({ listen, ...(tls !== undefined && { tls: readCredentials(tls) }) });
  const { address } = board;
  // Before the address is told: whoever reads it may end the process at once.
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  console.log(json ? JSON.stringify({ address }) : `waiting at ${address}; end with Ctrl-C`);
  await ended;
  await board.close();
};
