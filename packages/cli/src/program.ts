import { createRequire } from 'node:module';
import { Command } from 'commander';
import { demoCommand } from './command/demo.js';
import { keysCommand } from './command/keys.js';
import { rendezvousCommand } from './command/rendezvous.js';
import { runCommand } from './command/run.js';

const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string };

/** The `triad` command. */
export const program = (): Command => {
  const triad = new Command('triad')
    .description('Secure three-party machine learning: run programs on data that nobody may see.')
    .version(version)
    .showHelpAfterError('(triad --help says what there is)');
  for (const command of [demoCommand(), runCommand(), keysCommand(), rendezvousCommand()])
    triad.addCommand(command);
  return triad;
};
