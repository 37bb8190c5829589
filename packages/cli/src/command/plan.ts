import { Command } from 'commander';
import { badArgument } from '../bad-argument.js';
import { runProgram } from '../program-file.js';

interface Options {
  readonly json?: boolean;
}

/** `triad plan PROGRAM`: what a job costs, before it runs. */
export const planCommand = (): Command =>
  new Command('plan')
    .description(
      'what a program costs before anything runs: rounds and bytes by op and step, time on a LAN and a WAN',
    )
    .argument('<program>', 'a program for `triad run`')
    .argument('[args...]', "the program's own arguments, after --")
    .option('--json', 'one JSON object')
    .option('--debug', 'show the stack of an error')
    .addHelpText(
      'after',
      '\nThe program runs from its beginning to its end as computing party 0, alone:\nnothing is sent, nothing is computed, files are not written, and what would be\nrevealed to it is zero.',
    )
    .action(run);

/** `job()` tells the plan when the program has ended. */
const run = async (program: string, args: readonly string[], { json }: Options): Promise<void> => {
  const before = process.listenerCount('beforeExit');
  await runProgram(program, [
    '--role',
    '0',
    '--job',
    'plan',
    '--plan',
    ...(json ? ['--json'] : []),
    '--',
    ...args,
  ]);
  if (process.listenerCount('beforeExit') > before) return;
  throw badArgument(
    `${program} does not call job()`,
    'let it take its role and network from job() of @triad/cli',
  );
};
