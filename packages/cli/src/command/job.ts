import type { Client, JobView } from '@triad/node';
import { TriadError } from '@triad/protocol';
import { Command, Option } from 'commander';
import { addMemberOptions, type MemberValues, withNodes } from '../member.js';
import { placesHelp } from '../place.js';
import { showLine } from '../progress.js';
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

const list = (options: MemberValues): Promise<void> =>
  withNodes(options, async (client) => {
    for (const view of await client.jobs()) console.log(options.json ? JSON.stringify(view) : lineOf(view));
  });

const watch = (id: string, options: MemberValues): Promise<void> =>
  withNodes(options, (client) => follow(client, id, options));

const cancel = (id: string, options: MemberValues): Promise<void> =>
  withNodes(options, (client) => client.cancel(id));

const resume = (id: string, options: MemberValues): Promise<void> =>
  withNodes(options, (client) => client.resume(id));

const result = async (id: string, options: ResultOptions): Promise<void> => {
  const { out, format, json } = options;
  const onMissing = (node: number, { message }: Error) =>
    console.error(
      json
        ? JSON.stringify({ warning: 'missing', node })
        : `triad: node ${node} gave no part, the others' are enough, but nothing shows whether one of them lies (${message})`,
    );
  const values = await withNodes(options, (client) => client.result(id, { onMissing }));
  const files = await writeResults(values, out, format);
  for (const file of files) console.log(json ? JSON.stringify({ file }) : file);
};

/** Shows a job until it is over. Throws what it failed with. */
const follow = async (client: Client, id: string, { json }: MemberValues): Promise<void> => {
  let last: JobView | undefined;
  const numbers = new LatestNumbers(client, id);
  for await (const view of client.watch(id)) {
    last = view;
    const latest = await numbers.of(view);
    const said = Object.entries(latest).map(([name, value]) => `  ${name} ${value.toPrecision(6)}`);
    if (json) console.log(JSON.stringify({ ...view, latest }));
    else showLine(process.stdout, lineOf(view) + said.join(''), isOver(view));
  }
  const trouble = last?.trouble;
  if (trouble === undefined) return;
  throw new TriadError('closed', `job ${id} failed: ${trouble.what}`, {
    ...(trouble.party !== undefined && { party: trouble.party }),
    ...(trouble.remedy !== undefined && { remedy: trouble.remedy }),
  });
};

const isOver = ({ phase }: JobView): boolean => phase !== 'running' && phase !== 'waiting';

/** Milliseconds between looks at what a job has revealed so far. */
const pace = 1000;

/** The last single numbers that a job has revealed to whoever watches it: losses, if the program reveals them. */
class LatestNumbers {
  #latest: Readonly<Record<string, number>> = {};
  #next = 0;

  constructor(
    private readonly client: Client,
    private readonly id: string,
  ) {}

  async of({ phase, exposures }: JobView): Promise<Readonly<Record<string, number>>> {
    const mine = exposures.some(({ to }) => to === this.client.role);
    if (!mine || phase !== 'running' || performance.now() < this.#next) return this.#latest;
    this.#next = performance.now() + pace;
    // A node that is away, or further back than a moment ago: nothing new.
    const found = await this.client.numbersSoFar(this.id).catch(() => ({}));
    const last = Object.entries(found).flatMap(([name, { data }]) =>
      data.length === 0 ? [] : [[name, data.at(-1)!] as const],
    );
    if (last.length > 0) this.#latest = Object.fromEntries(last);
    return this.#latest;
  }
}

const lineOf = ({ id, phase, unit, units, submitter, sets }: JobView): string =>
  `${id}  ${phase.padEnd(9)}  ${unit}/${units}  ${submitter}  ${sets.join(' ')}`;
