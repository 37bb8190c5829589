import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  locationIn,
  type Manifest,
  openSource,
  openTable,
  parseSchema,
  type Schema,
  shareTable,
  type TableFormat,
} from '@triad/data';
import { signer, subjectOf } from '@triad/net';
import { Command, Option } from 'commander';
import { badArgument } from '../bad-argument.js';
import { readIdentity } from '../credential.js';
import { addMemberOptions, type MemberValues, withNodes } from '../member.js';
import { placesHelp } from '../place.js';
import { showLine } from '../progress.js';

interface Options extends MemberValues {
  readonly name?: string;
  readonly schema?: string;
  readonly columns?: readonly string[];
  readonly format?: TableFormat;
  readonly out?: string;
}

const help = `
Without --out the three nodes are sent their parts, and nothing stays here. With --out three files are written, NAME.party0.safetensors and so on: each
is for one node alone, any two of them give the table away.

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
    .addHelpText('after', help)
    .action(run);

const parties = [0, 1, 2] as const;

const run = async (file: string, options: Options): Promise<void> => {
  const { out, json, name = basename(file).replace(/\..*$/, '') } = options;
  const folder = out ?? (await mkdtemp(join(tmpdir(), 'triad-share-')));
  const path = (party: number) => locationIn(folder, `${name}.party${party}.safetensors`);
  try {
    const manifest = await deal(file, { ...options, name }, path);
    if (out === undefined)
      await withNodes(options, async (client) => {
        for (const party of parties) await client.upload(path(party));
      });
    const { rows, columns, id, owner } = manifest;
    const files = out === undefined ? {} : { files: parties.map(path) };
    const place = out === undefined ? 'the three nodes have their parts' : parties.map(path).join(', ');
    const said = `${owner}/${name}: ${rows} rows of ${columns.length} columns; ${place}`;
    console.log(json ? JSON.stringify({ set: `${owner}/${name}`, id, rows, columns, ...files }) : said);
  } finally {
    if (out === undefined) await rm(folder, { recursive: true, force: true });
  }
};

const deal = async (
  file: string,
  { identity: from, schema, columns, format, name, json }: Options & { readonly name: string },
  path: (party: number) => string,
): Promise<Manifest> => {
  const identity = readIdentity(from);
  const { role: owner, federation } = subjectOf(identity);
  const source = await openSource(file);
  const shown = !json && process.stderr.isTTY;
  try {
    const table = await openTable(source, {
      ...(schema !== undefined && { schema: await readSchema(schema) }),
      ...(columns !== undefined && { columns }),
      ...(format !== undefined && { format }),
    });
    let next = 0;
    const onProgress = (rows: number) => {
      if (!shown || rows < next) return;
      next = rows + 100_000;
      showLine(process.stderr, `${rows} rows`, false);
    };
    return await shareTable(table, { name, owner, federation, sign: signer(identity), path, onProgress });
  } finally {
    await source.close();
    if (shown) showLine(process.stderr, '', false);
  }
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
