import { csvKeys } from './csv-table.js';
import type { KeyBatch } from './key-batch.js';
import { type KeyFile, kindOf } from './key-file.js';
import { listKeys } from './list.js';
import { parquetKeys } from './parquet-keys.js';

/**
 * The keys of a file's rows in order, some thousand at a time (of Parquet: a row group). A key of one column is its text; the keys of a
 * column in Parquet have the text they would have in CSV. Throws `bad-argument` where the file cannot be read or a row has no key.
 */
export const readKeys = (source: KeyFile): AsyncGenerator<KeyBatch> => {
  const kind = kindOf(source.file);
  if (kind === 'list') return listKeys(source);
  return kind === 'csv' ? csvKeys(source) : parquetKeys(source);
};
