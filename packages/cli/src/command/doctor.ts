import { Command } from 'commander';
import { examine } from '../doctor/examination.js';
import type { Outcome } from '../doctor/finding.js';
import { formatFinding, formatTally, recordOf, tally } from '../doctor/report.js';
import { addMemberOptions, type MemberValues } from '../member.js';
import { version } from '../version.js';
import { waysOf } from '../way.js';

interface Options extends MemberValues {
  readonly data?: string;
  readonly listen?: string;
}

const help = `
Looks at this machine, the identity, the directory and each of the three nodes,
and ends with 1 if something keeps jobs from working. It changes nothing, and
sends each node some 50 MB at most, to measure the way.

Example, where the first node runs or is to run:
  triad doctor --identity keys/0 --data /var/lib/triad --listen 0.0.0.0:8700 --redis redis://10.0.0.9:6379`;

/** `triad doctor`: what is wrong, before a job finds out. */
export const doctorCommand = (): Command =>
  addMemberOptions(new Command('doctor').description('find out what is wrong before a job does'))
    .option('--data <folder>', 'the data directory of a node on this machine')
    .option('--listen <host:port>', 'where that node listens')
    .addHelpText('after', help)
    .action(run);

const run = async ({ identity, data, listen, json, ...values }: Options): Promise<void> => {
  const outcomes: Outcome[] = [];
  const examination = examine({
    identity,
    ways: waysOf(values),
    version,
    ...(data !== undefined && { data }),
    ...(listen !== undefined && { listen }),
  });
  for await (const finding of examination) {
    outcomes.push(finding.outcome);
    console.log(json ? JSON.stringify(recordOf(finding)) : formatFinding(finding, process.stdout.isTTY));
  }
  const sum = tally(outcomes);
  console.log(json ? JSON.stringify(sum) : formatTally(sum));
  if (sum.failures > 0) process.exitCode = 1;
};
