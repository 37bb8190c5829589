import { Command } from 'commander';
import { alignCommand } from './command/align.js';
import { auditCommand } from './command/audit.js';
import { benchCommand } from './command/bench.js';
import { benchPartyCommand } from './command/bench-party.js';
import { benchShareCommand } from './command/bench-share.js';
import { dataCommand } from './command/data.js';
import { demoCommand } from './command/demo.js';
import { doctorCommand } from './command/doctor.js';
import { grantCommand } from './command/grant.js';
import { jobCommand, revealCommand } from './command/job.js';
import { keysCommand } from './command/keys.js';
import { modelCommand } from './command/model.js';
import { nodeCommand } from './command/node.js';
import { planCommand } from './command/plan.js';
import { psiCommand } from './command/psi.js';
import { rendezvousCommand } from './command/rendezvous.js';

import { runCommand } from './command/run.js';
import { shareCommand } from './command/share.js';
import { version } from './version.js';

const commands = (): Command[] => [
  demoCommand(),
  runCommand(),
  shareCommand(),
  revealCommand(),
  dataCommand(),
  psiCommand(),
  alignCommand(),
  planCommand(),
  modelCommand(),
  keysCommand(),
  nodeCommand(),
  doctorCommand(),
  grantCommand(),
  jobCommand(),
  auditCommand(),
  rendezvousCommand(),
  benchCommand(),
];

/** Bad command lines are told as other failures are. */
const usageError = (text: string): string => {
  const what = text.replace(/^error: /, '').trimEnd();
  return json()
    ? `${JSON.stringify({ error: { code: 'bad-argument', what, remedy: 'look at --help' } })}\n`
    : `triad: ${what}\n`;
};

const json = (): boolean => process.argv.includes('--json');

/** The `triad` command. */
export const program = (): Command => {
  const triad = new Command('triad')
    .description('Secure three-party machine learning: run programs on data that nobody may see.')
    .version(version)
    .configureOutput({ outputError: (text, write) => write(usageError(text)) })
    .showHelpAfterError(json() ? false : '  remedy: look at --help');
  for (const command of commands()) triad.addCommand(command.copyInheritedSettings(triad));
  for (const hidden of [benchPartyCommand(), benchShareCommand()]) triad.addCommand(hidden, { hidden: true });
  return triad;
};
