#!/usr/bin/env node
import { reportFailure } from './failure.js';
import { program } from './program.js';

// A program that waits for nobody leaves nothing to do: Node would end it with success.
let over = false;
process.on('exit', (code) => {
  if (over || failed || code !== 0) return;
  console.error('triad: the program ended while it was still waiting');
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

await program()
  .parseAsync()
  .then(() => {
    over = true;
  }, fail);
