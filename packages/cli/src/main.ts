#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { reportFailure } from './failure.js';
import { program } from './program.js';

// Messages are memory outside of V8's heap. V8 counts it, and would mark its small heap anew for every 16 MB of it, in threads that
// take the cores of other parties: a million products took a third longer.
setFlagsFromString('--no-incremental-marking');

// Which Node the next version of the S3 client wants is no concern of whoever shares a table.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

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
