/**
 * PaddleFL's headerless shares of a table of any size: `NAME.part0`, `.part1`, `.part2`. A record for each row: the party's two parts of it, of
 * little-endian int64 (python/paddle_fl/mpc/data_utils/aby3.py). They say nothing of what they are, and nothing shows damage.
 */
import { aby3 } from '@triad/aby3';
import { encryptRaw, NdArray } from '@triad/layers';
import type { Sink } from '../storage/storage.js';
import type { Table } from '../table/table.js';

/** Writes a record of every row to the three sinks, which the caller commits. Resolves to the number of rows. */
export const writeRawParts = async (table: Table, sinks: readonly Sink[]): Promise<number> => {
  const width = table.columns.length;
  let rows = 0;
  for await (const batch of table.batches()) {
    const values = new NdArray([batch.length / width, width], batch);
    for (const [party, part] of encryptRaw(values, aby3()).entries()) await sinks[party]!.write(part);
    rows += batch.length / width;
  }
  return rows;
};
