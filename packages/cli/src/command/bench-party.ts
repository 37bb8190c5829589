import { readFile } from 'node:fs/promises';
import { type Credentials, type NetworkOptions, network } from '@triad/net';
import { Command } from 'commander';
import { partyCases } from '../bench/cases.js';
import { benchParty } from '../bench/party.js';

/** `triad bench-party ...`: one process of a benchmark; `triad bench` starts it. */
export const benchPartyCommand = (): Command =>
  new Command('bench-party')
    .arguments('<name> <role> <runs> <network> [credentials]')
    .option('--json')
    .action(run);

const run = async (
  ...[name, role, runs, options, file]: readonly [string, string, string, string, string?]
): Promise<void> => {
  const tls = file === undefined ? undefined : (JSON.parse(await readFile(file, 'utf8')) as Credentials);
  // Nobody is lost while ten million numbers are made.
  const meeting = { lostAfter: 120_000, ...(JSON.parse(options) as NetworkOptions) };
  const party = network({ ...meeting, ...(tls && { tls }) });
  console.log(JSON.stringify(await benchParty(partyCases.get(name)!, Number(role), party, Number(runs))));
};
