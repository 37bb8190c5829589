/** A federated scenario, played as its parties would: keys, nodes, tables shared, works granted, a job, results, each a command. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoOptions, DemoReport, Stage, StagedDemo } from '@triad/cli';
import { observed, openFile, openTable, type Table } from '@triad/data';
import { NdArray, type Weights } from '@triad/layers';
import { runInTheOpen, type Work } from '@triad/node';

/** A table that an owner shares. */
export interface SharedTable {
  readonly owner: string;
  /** Of the data set. */
  readonly name: string;
  /** CSV, in the folder of the stage. */
  readonly file: string;
  /** Default: all. */
  readonly columns?: readonly string[];
  /** Its statistics are shared, too, as `NAME.statistics`. */
  readonly statistics?: boolean;
}

export interface Scenario {
  readonly title: string;
  readonly federation: string;
  readonly owners: readonly string[];
  readonly defaults: DemoOptions;
  /** Writes the owners' files, and aligns them where they must be. */
  prepare(stage: Stage): Promise<readonly SharedTable[]>;
  work(options: DemoOptions): Work;
  /** What the analyst got, beside what the same work gives in the open on all tables. */
  report(
    found: Weights,
    twin: Weights,
    options: DemoOptions,
    tables: Readonly<Record<string, NdArray>>,
  ): DemoReport;
}

/** Who submits jobs, and gets their results. */
export const analyst = 'analyst';

export const federated = (scenario: Scenario): StagedDemo => ({
  title: scenario.title,
  defaults: scenario.defaults,
  play: (stage, options) => play(scenario, stage, options),
});

const play = async (scenario: Scenario, stage: Stage, options: DemoOptions): Promise<DemoReport> => {
  const { federation, owners } = scenario;
  const way = await findEachOther(stage, { job: federation, roles: ['0', '1', '2', ...owners, analyst] });
  const as = (role: string) => ['--identity', `keys/${role}`, ...way];
  for (const rank of ['0', '1', '2'])
    await stage.start('node', '--data', `node-${rank}`, '--listen', '127.0.0.1:0', ...as(rank));
  const tables = await scenario.prepare(stage);
  for (const { owner, name, file, columns, statistics } of tables) {
    const chosen = columns === undefined ? [] : ['--columns', columns.join()];
    const told = statistics ? ['--statistics'] : [];
    await stage.run('share', file, '--name', name, ...chosen, ...told, ...as(owner));
  }
  const work = scenario.work(options);
  await writeFile(join(stage.folder, 'work.json'), JSON.stringify(work));
  for (const owner of owners) await stage.run('grant', 'work.json', '--submitters', analyst, ...as(owner));
  const [submitted] = await stage.run('job', 'submit', 'work.json', '--watch', ...as(analyst));
  await stage.run('reveal', String(submitted!.id), '--out', 'results', '--format', 'json', ...as(analyst));
  const found = await readResults(join(stage.folder, 'results'));
  const known = await readTables(stage.folder, tables);
  return scenario.report(found, runInTheOpen(work, { tables: known }), options, known);
};

export interface Meeting {
  readonly job: string;
  readonly roles: readonly string[];
  /** Where the keys go; default `keys`. */
  readonly keys?: string;
}

/** Makes keys, and a rendezvous unless there is a Redis: the words that find others. */
export const findEachOther = async (
  stage: Stage,
  { job, roles, keys = 'keys' }: Meeting,
): Promise<readonly string[]> => {
  const redis = process.env.TRIAD_REDIS !== undefined;
  const all = redis ? roles : [...roles, 'board'];
  await stage.run('keys', '--job', job, '--roles', all.join(), '--out', keys);
  if (redis) return [];
  const { address } = await stage.start('rendezvous', '--listen', '127.0.0.1:0', '--tls', `${keys}/board`);
  return ['--rendezvous', String(address)];
};

const readResults = async (folder: string): Promise<Weights> => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const read = async (file: string) =>
    [
      file.replace('.json', ''),
      NdArray.from(JSON.parse(await readFile(join(folder, file), 'utf8'))),
    ] as const;
  return Object.fromEntries(await Promise.all(files.map(read)));
};

/** What owners shared, by name of the data set: a demonstration has everybody's files. */
const readTables = async (
  folder: string,
  tables: readonly SharedTable[],
): Promise<Record<string, NdArray>> => {
  const found: Record<string, NdArray> = {};
  for (const { owner, name, file, columns, statistics } of tables) {
    const source = await openFile(join(folder, file));
    const table = observed(await openTable(source, columns === undefined ? {} : { columns }));
    found[`${owner}/${name}`] = await read(table);
    if (statistics) found[`${owner}/${name}.statistics`] = await read(table.statistics());
    await source.close();
  }
  return found;
};

const read = async (table: Table): Promise<NdArray> => {
  const values: number[] = [];
  for await (const batch of table.batches()) values.push(...batch);
  const width = table.columns.length;
  return new NdArray([values.length / width, width], Float64Array.from(values));
};

/** Writes a table as CSV into the stage's folder. */
export const writeCsv = (
  { folder }: Stage,
  file: string,
  columns: readonly string[],
  rows: readonly (readonly (number | string)[])[],
): Promise<void> =>
  writeFile(join(folder, file), `${[columns, ...rows].map((row) => row.join()).join('\n')}\n`);
