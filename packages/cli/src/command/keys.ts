import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keys } from '@triad/net';
import { Command } from 'commander';
import { writeFileWhole } from '../atomic-file.js';
import { badArgument } from '../bad-argument.js';
import { credentialFiles } from '../credential.js';
import { count } from '../job-option.js';

interface Options {
  readonly job: string;
  readonly roles: string;
  readonly out: string;
  readonly days: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `triad keys`: certificates for mutual TLS. */
export const keysCommand = (): Command =>
  new Command('keys')
    .description("make a job's certificates: one folder for each role, to be given to that party alone")
    .requiredOption('--job <name>', 'the job they are for; no other accepts them')
    .option('--roles <names>', 'all roles of the job, and `board` for a rendezvous with TLS', '0,1,2')
    .option('--out <folder>', 'where the folders go', 'keys')
    .option('--days <number>', 'how long they hold', count, 30)
    .option('--force', 'replace keys that are there: what was signed and encrypted with them is lost')
    .option('--json', 'one JSON object a line')
    .option('--debug', 'show the stack of an error')
    .action(run);

const run = async ({ job, roles, out, days, force, json }: Options): Promise<void> => {
  const there = roles.split(',').find((role) => existsSync(join(out, role, credentialFiles.key)));
  if (there !== undefined && !force)
    throw badArgument(
      `there are keys in ${join(out, there)} already`,
      'name another folder with --out, or replace them with --force',
    );
  for (const { role, ...texts } of await keys(job, roles.split(','), { days })) {
    const folder = join(out, role);
    await writeFileWhole(join(folder, credentialFiles.ca), texts.ca);
    await writeFileWhole(join(folder, credentialFiles.cert), texts.cert);
    await writeFileWhole(join(folder, credentialFiles.roster), texts.roster);
    await writeFileWhole(join(folder, credentialFiles.seal), texts.seal, 0o600);
    await writeFileWhole(join(folder, credentialFiles.key), texts.key, 0o600);
    console.log(json ? JSON.stringify({ role, folder }) : `${role}: ${folder}`);
  }
};
