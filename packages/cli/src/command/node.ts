import { openNode } from '@triad/node';
import { Command } from 'commander';
import { pino } from 'pino';
import { badArgument } from '../bad-argument.js';
import { readIdentity } from '../credential.js';
import { count } from '../job-option.js';
import { addMemberOptions, type MemberValues } from '../member.js';
import { waysOf } from '../way.js';

interface Options extends MemberValues {
  readonly role?: string;
  readonly data: string;
  readonly listen: string;
  readonly advertise?: string;
  readonly operations?: string;
  readonly checkpointEvery?: number;
}

const help = `
Its role and federation are those of its identity. It ends with SIGINT or
SIGTERM, leaves its jobs as they are on disk, and goes on with them when it is
started again.

Example, at the first of three machines:
  triad node --role 0 --identity keys/0 --data /var/lib/triad --listen 0.0.0.0:8700 --redis redis://10.0.0.9:6379 --operations 127.0.0.1:9400`;

/** `triad node`: a computing party as a service. */
export const nodeCommand = (): Command =>
  addMemberOptions(
    new Command('node').description(
      'run a computing party: it keeps shares, runs jobs, and hands results out',
    ),
  )
    .option('--role <number>', 'which of the three it is: that of its identity, or it does not start')
    .option('--data <folder>', 'its data directory', 'triad-data')
    .option('--listen <host:port>', 'where it listens; port 0 takes any', '127.0.0.1:0')
    .option('--advertise <host:port>', 'where others reach it, if that is elsewhere')
    .option('--operations <host:port>', 'where to answer /health, /ready and /metrics over plain HTTP')
    .option('--checkpoint-every <runs>', 'runs of a job from one checkpoint to the next', count, 50)
    .addHelpText('after', help)
    .action(run);

const run = async (options: Options): Promise<void> => {
  const { identity: from, role, data, listen, advertise, operations, checkpointEvery, json } = options;
  const identity = readIdentity(from);
  if (role !== undefined && role !== identity.role)
    throw badArgument(`${from} is the identity of ${identity.role}, not of ${role}`, 'give the own folder');
  const ended = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const node = await openNode({
    identity,
    folder: data,
    listen,
    ...waysOf(options),
    ...(advertise !== undefined && { advertise }),
    ...(operations !== undefined && { operations }),
    ...(checkpointEvery !== undefined && { checkpointEvery }),
    // Standard error is for the log, standard output for what this command says.
    logger: pino({ base: null }, pino.destination(2)),
  });
  const watched = node.operations === undefined ? {} : { operations: node.operations };
  console.log(
    json ? JSON.stringify({ url: node.url, ...watched }) : `waiting at ${node.url}; end with Ctrl-C`,
  );
  const lost = await Promise.race([ended, node.lost]);
  await node.close();
  if (lost !== undefined) throw lost;
};
