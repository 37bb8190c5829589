import { randomBytes } from 'node:crypto';
import { rendezvous } from '@triad/net';
import { TriadError } from '@triad/protocol';
import { Command } from 'commander';
import { writeFileWhole } from '../atomic-file.js';
import { badArgument } from '../bad-argument.js';
import type { Demo, DemoOptions, DemoReport, StagedDemo } from '../demo.js';
import { loadDemo } from '../example-package.js';
import { count } from '../job-option.js';
import { finishAll, startParty } from '../party-process.js';
import { isProgress, type Progress, showProgress } from '../progress.js';
import { onStage } from '../stage.js';

interface Options {
  readonly epochs?: number;
  readonly batch?: number;
  readonly svg?: string;
  readonly json?: boolean;
}

/** `triad demo NAME`: all parties of an example as processes on this machine. */
export const demoCommand = (): Command =>
  new Command('demo')
    .description('watch three computing parties train on data that none of them sees')
    .argument('[name]', 'which example of @triad/examples', 'house-price')
    .option('--epochs <number>', 'passes over the data', count)
    .option('--batch <rows>', 'rows of a step', count)
    .option('--svg <file>', 'draw the losses into a file')
    .option('--json', 'one JSON object a line')
    .option('--debug', 'show the stack of an error')
    .action(async (name: string, options: Options) => run(await loadDemo(name), options));

const run = async (demo: Demo | StagedDemo, { svg, json = false, ...chosen }: Options): Promise<void> => {
  const options = { ...demo.defaults, ...chosen };
  if (!json) console.log(`${demo.title}\n`);
  const report =
    'play' in demo
      ? await onStage({ silent: json }, (stage) => demo.play(stage, options))
      : await reportOf(demo, options, json);
  console.log(json ? JSON.stringify(report.record) : `\n${report.text}`);
  if (svg !== undefined) await writeFileWhole(svg, report.svg);
  if (!report.ok)
    throw badArgument(
      'the encrypted training is not as close to floating point as it must be',
      'tell the maintainers',
    );
};

const reportOf = async (demo: Demo, options: DemoOptions, json: boolean): Promise<DemoReport> => {
  const outcome = await play(demo, options, (progress) => {
    if (json) console.log(JSON.stringify(progress));
    else showProgress(process.stdout, progress);
  });
  return demo.report(outcome, options);
};

/** Runs every party; resolves to what the result party learned. */
const play = async (
  demo: Demo,
  options: DemoOptions,
  onProgress: (progress: Progress) => void,
): Promise<unknown> => {
  const { address, close } = await rendezvous({ listen: '127.0.0.1:0' });
  const job = `demo-${randomBytes(6).toString('hex')}`;
  let outcome: unknown;
  const listen = (record: unknown) => {
    if (isProgress(record)) onProgress(record);
    else if (isRecord(record) && 'outcome' in record) outcome = record.outcome;
  };
  const start = (role: string) => {
    const link = ['--role', role, '--job', job, '--rendezvous', address, '--json'];
    const words = ['run', demo.program, ...link, '--', ...demo.args(options)];
    return startParty(role, words, role === demo.resultParty ? listen : () => {});
  };
  try {
    await finishAll(['0', '1', '2', ...demo.outside].map(start));
  } finally {
    await close();
  }
  if (outcome === undefined) throw noOutcome(demo);
  return outcome;
};

const noOutcome = ({ resultParty }: Demo): TriadError =>
  new TriadError('closed', `party ${resultParty} ended without an outcome`, {
    remedy: 'tell the maintainers',
  });

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
