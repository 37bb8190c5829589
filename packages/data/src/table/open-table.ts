import { badArgument } from '../bad-argument.js';
import type { Source } from '../storage/storage.js';
import { openCsv } from './csv.js';
import { openJsonl } from './jsonl.js';
import { openNpy } from './npy.js';
import { openParquet } from './parquet.js';
import type { Reading, Table, TableOptions } from './table.js';

export type TableFormat = 'csv' | 'jsonl' | 'npy' | 'parquet';

const readers: Readonly<Record<TableFormat, (reading: Reading) => Promise<Table>>> = {
  csv: openCsv,
  jsonl: openJsonl,
  npy: openNpy,
  parquet: openParquet,
};

const byExtension: Readonly<Record<string, TableFormat>> = {
  csv: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  npy: 'npy',
  parquet: 'parquet',
};

export interface OpenTableOptions extends TableOptions {
  /** Default: what the file's name ends in. */
  readonly format?: TableFormat;
}

/** A table in a file, read in bounded memory whatever its size. Throws `bad-argument` for what cannot be read. */
export const openTable = (source: Source, { format, ...options }: OpenTableOptions = {}): Promise<Table> => {
  const extension = /\.([a-z]+)$/i.exec(source.name)?.[1]?.toLowerCase() ?? '';
  const kind = format ?? byExtension[extension];
  if (kind === undefined)
    throw badArgument(
      `${source.name} ends in no known format`,
      `name it .${Object.keys(byExtension).join(', .')}, or say its format`,
    );
  return readers[kind]({ source, ...options });
};
