import type { Terminal } from '../progress.js';
import { rowProgress } from '../row-progress.js';
import { batchSize, collectKeys, type KeyBatch } from './key-batch.js';
import type { KeyFile } from './key-file.js';
import { readKeys } from './read-keys.js';

/** All keys of a file; how far the reading is goes to `stream`, if there is one. */
export const readAllKeys = (source: KeyFile, stream: Terminal | undefined): Promise<KeyBatch> =>
  collectKeys(stream === undefined ? readKeys(source) : shown(readKeys(source), stream));

async function* shown(batches: AsyncIterable<KeyBatch>, stream: Terminal): AsyncGenerator<KeyBatch> {
  const show = rowProgress(stream);
  let rows = 0;
  for await (const batch of batches) {
    yield batch;
    rows += batchSize(batch);
    show({ stage: 'reading', rows });
  }
}
