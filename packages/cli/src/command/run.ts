import { Command } from 'commander';
import { addJobOptions } from '../job-option.js';
import { programWords, runProgram } from '../program-file.js';

/** `triad run PROGRAM`: takes part in a job, as a computing party or any other. */
export const runCommand = (): Command =>
  addJobOptions(
    new Command('run')
      .description('take part in a job: run its program as one of the parties')
      .argument('<program>', 'the .ts or .js file that every party runs')
      .argument('[args...]', "the program's own arguments, after --"),
  )
    .addHelpText(
      'after',
      '\nExample, at the first of three machines:\n  triad run train.ts --role 0 --job houses --redis redis://10.0.0.1:6379 --listen 10.0.0.1:8700 --tls keys/0',
    )
    .action((program: string, args: string[], _options: unknown, command: Command) =>
      runProgram(program, programWords(command, args)),
    );
