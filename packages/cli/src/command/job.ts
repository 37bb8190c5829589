import type { Client, JobView } from '@triad/node';
import { TriadError } from '@triad/protocol';
import { Command, Option } from 'commander';
import { badArgument } from '../bad-argument.js';
import { addMemberOptions, type MemberValues, withNodes } from '../member.js';
import { placesHelp } from '../place.js';
import { showLine } from '../progress.js';
import { formatTable } from '../quantity.js';
import { type ResultFormat, resultFormats, writeResults } from '../result-file.js';
import { readWorkFile } from '../work-file.js';

interface ResultOptions extends MemberValues {
  readonly out: string;
  readonly format: ResultFormat;
}

/** `triad job`: what the nodes are asked to do, and how it goes. */
export const jobCommand = (): Command => {
  const job = new Command('job').description('ask the three nodes to run a work, and see how it goes');
  const add = (name: string, description: string): Command =>
    addMemberOptions(job.command(name).description(description));
  add('submit', 'ask for a work; its data must be there, and its owners must have allowed it')
    .argument('<work>', 'a .json file, or a .ts or .js file whose default export it is')
    .option('--watch', 'stay until it is over')
    .action(submit);
  add('list', 'the jobs you take part in').action(list);
  add('watch', 'how a job goes, until it is over').argument('<id>', 'of the job').action(watch);
  add('cancel', 'end a job for good').argument('<id>', 'of the job').action(cancel);
  add('resume', 'try a failed job again, from its last checkpoint')
    .argument('<id>', 'of the job')
    .action(resume);
  addResultOptions(add('result', 'collect what a job revealed to you')).action(result);
  return job;
};

/** `triad reveal`: a result party collects and puts together what it is to get. */
export const revealCommand = (): Command =>
  addResultOptions(addMemberOptions(new Command('reveal').description('collect what a job revealed to you')))
    .addHelpText(
      'after',
      `
The folder of --out may be at another place: ${placesHelp}

Example:
  triad reveal 3f0c... --identity keys/carol --redis redis://10.0.0.9:6379 --out results --format npy`,
    )
    .action(result);

const addResultOptions = (command: Command): Command =>
  command
    .argument('<id>', 'of the job')
    .option('--out <folder>', 'where the values go: a path or a URL', '.')
    .addOption(new Option('--format <name>', 'of the files').choices(resultFormats).default('csv'));

const submit = async (file: string, options: MemberValues & { readonly watch?: boolean }): Promise<void> => {
  const work = await readWorkFile(file);
  await withNodes(options, async (client) => {
    const id = await client.submit(work);
    console.log(options.json ? JSON.stringify({ id }) : id);
    if (options.watch) await follow(client, id, options);
  });
};

/** A job by its id, or by what its id begins with. */
const idOf = async (client: Client, text: string): Promise<string> => {
  if (/^[0-9a-f]{32}$/.test(text)) return text;
  const remedy = 'look at `triad job list`';
  if (!/^[0-9a-f]{4,31}$/.test(text)) throw badArgument(`${JSON.stringify(text)} is no id of a job`, remedy);
  const found = (await client.jobs()).filter(({ id }) => id.startsWith(text));
  if (found.length === 1) return found[0]!.id;
  throw badArgument(`${found.length} jobs have an id that begins with ${text}`, remedy);
};

const list = (options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => {
    const views = (await client.jobs()).toSorted((a, b) => (a.submitted < b.submitted ? -1 : 1));
    if (options.json) for (const view of views) console.log(JSON.stringify(view));
    else if (views.length > 0) console.log(formatTable([head, ...views.map(rowOf)]));
  });

const watch = (text: string, options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => follow(client, await idOf(client, text), options));

const cancel = (text: string, options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => {
    const id = await idOf(client, text);
    const away = await client.cancel(id);
    const others = away.map((rank) => `; node ${rank} is away, and will learn of it from the others`);
    console.log(options.json ? JSON.stringify({ id, away }) : `job ${id} is cancelled${others.join('')}`);
  });

const resume = (text: string, options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => {
    const id = await idOf(client, text);
    await client.resume(id);
    console.log(options.json ? JSON.stringify({ id }) : `job ${id} goes on`);
  });

const result = async (text: string, options: ResultOptions): Promise<void> => {
  const { out, format, json } = options;
  const onMissing = (node: number, { message }: Error) =>
    console.error(
      json
        ? JSON.stringify({ warning: 'missing', node })
        : `triad: node ${node} gave no part, the others' are enough, but nothing shows whether one of them lies (${message})`,
    );
  const values = await withNodes(options, async (client) =>
    client.result(await idOf(client, text), { onMissing }),
  );
  const files = await writeResults(values, out, format);
  for (const file of files) console.log(json ? JSON.stringify({ file }) : file);
};

/** Shows a job until it is over. Throws what it failed with, and when it was cancelled. */
const follow = async (client: Client, id: string, { json }: MemberValues): Promise<void> => {
  const numbers = new LatestNumbers(client, id);
  let last: JobView | undefined;
  let next = 0;
  for await (const view of client.watch(id)) {
    const changed = view.phase !== last?.phase;
    last = view;
    const latest = numbers.of(view);
    if (!changed && performance.now() < next) continue;
    next = performance.now() + (process.stdout.isTTY ? pace / 5 : pace);
    if (json) console.log(JSON.stringify({ ...view, latest }));
    else showLine(process.stdout, progressOf(view, latest), isOver(view));
  }
  const mine = last?.exposures.some(({ to }) => to === client.role);
  if (last?.phase === 'done' && mine && !json) console.log(`its results are yours: triad reveal ${id}`);
  if (last?.phase === 'cancelled')
    throw new TriadError('closed', `job ${id} was cancelled`, { remedy: 'submit it again' });
  const trouble = last?.trouble;
  if (trouble === undefined) return;
  throw new TriadError('closed', `job ${id} failed: ${trouble.what}`, {
    ...(trouble.party !== undefined && { party: trouble.party }),
    ...(trouble.remedy !== undefined && { remedy: trouble.remedy }),
  });
};

const isOver = ({ phase }: JobView): boolean => phase !== 'running' && phase !== 'waiting';

/** Milliseconds between looks at what a job has revealed so far, and between lines where output is piped. */
const pace = 1000;

/** The last single numbers that a job has revealed to whoever watches it: losses, if the program reveals them. */
class LatestNumbers {
  #latest: Readonly<Record<string, number>> = {};
  #next = 0;

  constructor(
    private readonly client: Client,
    private readonly id: string,
  ) {}

  /** Those of the last look; a new one is begun now and then. */
  of({ phase, exposures }: JobView): Readonly<Record<string, number>> {
    if (phase !== 'running') return {};
    const mine = exposures.some(({ to }) => to === this.client.role);
    if (mine && performance.now() >= this.#next) {
      this.#next = performance.now() + pace;
      // A node that is away, or further back than a moment ago: nothing new.
      this.#look().catch(() => {});
    }
    return this.#latest;
  }

  async #look(): Promise<void> {
    const found = await this.client.numbersSoFar(this.id);
    const last = Object.entries(found).map(([name, { data }]) => [name, data.at(-1)!] as const);
    if (last.length > 0) this.#latest = Object.fromEntries(last);
  }
}

/** Short enough for a line of any terminal. */
const progressOf = ({ phase, unit, units }: JobView, latest: Readonly<Record<string, number>>): string => {
  const numbers = Object.entries(latest).map(([name, value]) => `  ${name} ${value.toPrecision(6)}`);
  const runs = units === 0 ? '' : `  ${unit} of ${units} runs`;
  return `${phase}${runs}${numbers.join('')}`.slice(0, (process.stdout.columns ?? 200) - 1);
};

const head = ['id', 'phase', 'runs', 'submitted', 'by', 'data sets', 'trouble'];

const rowOf = ({ id, phase, unit, units, submitted, submitter, sets, trouble }: JobView): string[] => [
  id,
  phase,
  units === 0 ? '' : `${unit}/${units}`,
  submitted.replace(/\..*$/, 'Z'),
  submitter,
  sets.join(' '),
  trouble?.what ?? '',
];
