import { Command } from 'commander';
import { badArgument } from '../bad-argument.js';
import { addJobOptions, type JobValues } from '../job-option.js';
import { programWords, runProgram } from '../program-file.js';
import { requireOutside } from './share.js';

/** `triad reveal PROGRAM`: a result party's part of a job. */
export const revealCommand = (): Command =>
  addJobOptions(
    new Command('reveal')
      .description(
        'write what a job reveals to one of its result parties into files, when all of it is there',
      )
      .argument('<program>', "the job's program: it says what this party gets")
      .argument('[args...]', "the program's own arguments, after --"),
  )
    .addHelpText(
      'after',
      '\nExample:\n  triad reveal scoring.ts --role analyst --job loans --redis redis://10.0.0.1:6379 --tls keys/analyst --out results',
    )
    .action(run);

const run = (
  program: string,
  args: readonly string[],
  options: JobValues,
  command: Command,
): Promise<void> => {
  requireOutside(options.role, 'reveal');
  if (options.out === undefined) throw badArgument('there is no place for the results', 'add --out FOLDER');
  return runProgram(program, programWords(command, args));
};
