import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  checkDataName,
  locationIn,
  type Manifest,
  observed,
  openSource,
  openTable,
  parseSchema,
  type Schema,
  shareRawParts,
  shareTable,
  type Table,
  type TableFormat,
} from '@triad/data';
import { type RoleCredentials, signer, subjectOf } from '@triad/net';
import type { Client } from '@triad/node';
import { Command, Option } from 'commander';
import { badArgument } from '../bad-argument.js';
import { readIdentity } from '../credential.js';
import { addMemberOptions, type MemberValues, withNodes } from '../member.js';
import { placesHelp } from '../place.js';
import { showLine } from '../progress.js';
import { withTemporaryFolder } from '../temporary-folder.js';

interface Options extends MemberValues {
  readonly name?: string;
  readonly schema?: string;
  readonly columns?: readonly string[];
  readonly format?: TableFormat;
  readonly out?: string;
  readonly statistics?: boolean;
  readonly headerless?: boolean;
}

const help = `
Without --out the three nodes are sent their parts, and nothing stays here. With
--out three files are written, NAME.party0.safetensors and so on: each is for
one node alone, any two of them give the table away.

Before a training on rows of several owners, columns can be normalised over all
of them, on shares of what each owner knows of its own rows: --statistics shares
that as another data set, NAME.statistics (see layers.learnNormalization).

The table, and the folder of --out, may be at another place: ${placesHelp}

Examples:
  triad share houses.csv --identity keys/alice --redis redis://10.0.0.9:6379
  triad share s3://tables/houses.parquet --out webhdfs://alice@namenode:9870/shares --identity keys/alice`;

/** `triad share FILE|URL`: a table becomes shares of the three nodes. */
export const shareCommand = (): Command =>
  addMemberOptions(
    new Command('share')
      .description('share a table with the three nodes: CSV, Parquet, NPY or JSON lines, of any size')
      .argument('<file>', 'the table: a path or a URL'),
  )
    .option('--name <name>', "the data set's name (default: the file's, without what follows a dot)")
    .option(
      '--schema <file>',
      'JSON that says which columns are numbers, and which are categories of which values',
    )
    .addOption(
      new Option('--columns <names>', 'only these, in this order').argParser((text: string) =>
        text.split(','),
      ),
    )
    .addOption(
      new Option('--format <name>', 'where the name of the file does not tell').choices([
        'csv',
        'jsonl',
        'npy',
        'parquet',
      ]),
    )
    .option('--out <folder>', 'write three files into this folder, a path or a URL, instead of sending them')
    .option('--statistics', 'share the statistics of its columns, too, for normalisation')
    .addOption(
      new Option(
        '--headerless',
        "write PaddleFL's NAME.part0, .part1 and .part2 into --out, which say nothing of what they are",
      ).conflicts('statistics'),
    )
    .addHelpText('after', help)
    .action(run);

const parties = [0, 1, 2] as const;

const run = async (file: string, options: Options): Promise<void> => {
  const named = { ...options, name: options.name ?? basename(file).replace(/\..*$/, '') };
  checkDataName(named.name);
  if (options.headerless) return writeHeaderless(file, named);
  const identity = readIdentity(options.identity);
  const dealInto = (folder: string) =>
    withTable(file, named, (table) => deal(table, { ...named, identity, folder }));
  const { out } = options;
  const manifests =
    out === undefined
      ? await withNodes(options, (client) => shareWith(client, named, dealInto))
      : await dealInto(out);
  for (const manifest of manifests) tell(manifest, options);
};

/** Nodes that cannot take the shares say so before they are made; these are here for a moment alone. */
const shareWith = async (
  client: Client,
  { name, statistics }: Named,
  dealInto: (folder: string) => Promise<Manifest[]>,
): Promise<Manifest[]> => {
  const names = statistics ? [name, `${name}.statistics`] : [name];
  for (const party of parties) {
    const taken = (await client.dataSets(party)).find(
      (each) => each.owner === client.role && names.includes(each.name),
    );
    if (taken !== undefined)
      throw badArgument(
        `node ${party} has a data set '${client.role}/${taken.name}' already`,
        'remove it first (triad data remove), or give this one another name (--name)',
      );
  }
  return withTemporaryFolder('triad-share-', async (folder) => {
    const manifests = await dealInto(folder);
    for (const manifest of manifests)
      for (const party of parties) await client.upload(shareIn(folder, manifest.name, party));
    return manifests;
  });
};

interface Named extends Options {
  readonly name: string;
}

interface Dealing extends Omit<Named, 'identity'> {
  readonly identity: RoleCredentials;
  readonly folder: string;
}

const shareIn = (folder: string, name: string, party: number): string =>
  locationIn(folder, `${name}.party${party}.safetensors`);

const tell = ({ owner, name, rows, columns, id }: Manifest, { out, json }: Options): void => {
  const set = `${owner}/${name}`;
  const files = out === undefined ? undefined : parties.map((party) => shareIn(out, name, party));
  const place = files === undefined ? 'the three nodes have their parts' : files.join(', ');
  const width = `${columns.length} column${columns.length === 1 ? '' : 's'}`;
  const said = `${set}: ${rows} rows of ${width} (${shortened(columns)}); ${place}`;
  console.log(json ? JSON.stringify({ set, id, rows, columns, ...(files && { files }) }) : said);
};

const shown = 8;
const shortened = (columns: readonly string[]): string =>
  columns.length <= shown ? columns.join(', ') : `${columns.slice(0, shown).join(', ')}, ...`;

/** The table, and its statistics, dealt into a folder. */
const deal = async (
  table: Table,
  { identity, folder, name, statistics, json }: Dealing,
): Promise<Manifest[]> => {
  const { role: owner, federation } = subjectOf(identity);
  const sign = signer(identity);
  const dealt = (each: Table, name: string, onProgress?: (rows: number) => void) => {
    const path = (party: number) => shareIn(folder, name, party);
    return shareTable(each, { name, owner, federation, sign, path, ...(onProgress && { onProgress }) });
  };
  const seen = statistics ? observed(table) : undefined;
  const first = await dealt(seen ?? table, name, json ? undefined : rowProgress());
  return seen === undefined ? [first] : [first, await dealt(seen.statistics(), `${name}.statistics`)];
};

const writeHeaderless = async (file: string, options: Named): Promise<void> => {
  const { out, json, name } = options;
  if (out === undefined)
    throw badArgument('headerless parts are for files, nodes do not take them', 'add --out FOLDER');
  const path = (party: number) => locationIn(out, `${name}.part${party}`);
  const rows = await withTable(file, options, (table) => shareRawParts(table, path));
  const files = parties.map(path);
  console.log(json ? JSON.stringify({ rows, files }) : `${rows} rows; ${files.join(', ')}`);
};

const withTable = async <T>(
  file: string,
  { schema, columns, format }: Options,
  act: (table: Table) => Promise<T>,
): Promise<T> => {
  const source = await openSource(file);
  try {
    const table = await openTable(source, {
      ...(schema !== undefined && { schema: await readSchema(schema) }),
      ...(columns !== undefined && { columns }),
      ...(format !== undefined && { format }),
    });
    return await act(table);
  } finally {
    await source.close();
    if (process.stderr.isTTY) showLine(process.stderr, '', false);
  }
};

/** Shows on a terminal how many rows are shared. */
const rowProgress = (): ((rows: number) => void) => {
  let next = 0;
  return (rows) => {
    if (!process.stderr.isTTY || rows < next) return;
    next = rows + 100_000;
    showLine(process.stderr, `${rows} rows`, false);
  };
};

const readSchema = async (file: string): Promise<Schema> => {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw badArgument(
      `cannot read the schema ${file}: ${(error as Error).message}`,
      'name a JSON file',
      error,
    );
  }
  return parseSchema(value);
};
