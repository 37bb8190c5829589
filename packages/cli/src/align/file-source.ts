import { fingerprint } from './bucket-store.js';
import type { KeySource } from './bucketed.js';
import { csvRecords, readCsvHeader } from './csv-table.js';
import { fileVersion } from './file-version.js';
import { type KeyFile, kindOf } from './key-file.js';
import { listRecords } from './list.js';
import { openParquet } from './parquet-table.js';
import { readKeys } from './read-keys.js';
import type { RecordBlock } from './record.js';

/** Keys of a file for a run by buckets. */
export const fileSource = async (source: KeyFile): Promise<KeySource> => {
  const { file, columns = [] } = source;
  const { size, mtimeMs } = await fileVersion(file);
  return {
    fingerprint: fingerprint(kindOf(file), size, mtimeMs, ...columns),
    estimate: await estimateRows(file, size),
    read: () => readKeys(source),
  };
};

/** Rows of a file, about: as many as its bytes are of those of its first rows. */
const estimateRows = async (file: string, size: number): Promise<number> => {
  if (kindOf(file) === 'parquet') {
    const table = await openParquet(file);
    await table.close();
    return Number(table.metadata.num_rows);
  }
  for await (const { count, starts, ends } of textRecords(file)) {
    if (count === 0) continue;
    const bytes = ends[count - 1]! - starts[0]! + 1;
    return Math.ceil((count * size) / bytes);
  }
  return 0;
};

async function* textRecords(file: string): AsyncGenerator<RecordBlock> {
  if (kindOf(file) === 'list') yield* listRecords({ file });
  else yield* csvRecords(file, await readCsvHeader(file));
}
