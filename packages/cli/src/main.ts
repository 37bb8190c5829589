#!/usr/bin/env node
import { reportFailure } from './failure.js';
import { program } from './program.js';

/** Node's exit code when nothing is left to do, yet a top-level `await` waits. */
const unsettled = 13;

process.on('exit', () => {
  if (process.exitCode !== unsettled) return;
  console.error('triad: the program waits for something that can no longer come');
  process.exitCode = 1;
});

/** How long a failed party may take to tell the others why. */
const farewell = 2000;

let failed = false;
const fail = (error: unknown): void => {
  if (failed) return;
  failed = true;
  reportFailure(error);
  setTimeout(() => process.exit(), farewell).unref();
};
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

await program().parseAsync().catch(fail);
