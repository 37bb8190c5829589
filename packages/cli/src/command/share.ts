import { Command } from 'commander';
import { badArgument } from '../bad-argument.js';
import { addJobOptions, type JobValues } from '../job-option.js';
import { programWords, runProgram } from '../program-file.js';

/** `triad share PROGRAM`: an input party's part of a job. */
export const shareCommand = (): Command =>
  addJobOptions(
    new Command('share')
      .description('share columns of CSV files with a job, as one of its input parties')
      .argument('<program>', "the job's program: it says which inputs this party owns")
      .argument('[args...]', "the program's own arguments, after --"),
  )
    .addHelpText(
      'after',
      '\nExample:\n  triad share scoring.ts --role bank --job loans --redis redis://10.0.0.1:6379 --tls keys/bank --csv accounts=bank.csv#income,debt',
    )
    .action(run);

const run = (
  program: string,
  args: readonly string[],
  options: JobValues,
  command: Command,
): Promise<void> => {
  requireOutside(options.role, 'share');
  if (options.csv === undefined)
    throw badArgument('there is nothing to share', 'add --csv NAME=FILE#COLUMN,COLUMN');
  return runProgram(program, programWords(command, args));
};

/** Input and result parties have names; numbers are for computing parties. */
export const requireOutside = (role: number | string, command: string): void => {
  if (typeof role === 'string') return;
  throw badArgument(
    `${role} is a computing party, \`triad ${command}\` is for input and result parties`,
    'give the name the program has for this party, or use `triad run`',
  );
};
