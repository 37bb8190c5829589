/**
 * PaddleFL's headerless shares of a table of any size: `NAME.part0`, `.part1`, `.part2`. A record for each row: the party's two parts of it, of
 * little-endian int64 (python/paddle_fl/mpc/data_utils/aby3.py). They say nothing of what they are, and nothing shows damage.
 */
import { aby3 } from '@triad/aby3';
import { encryptRaw, NdArray } from '@triad/layers';
import { badArgument } from '../bad-argument.js';
import type { Sink } from '../storage/storage.js';
import { createSink } from '../storage/stored.js';
import type { Table } from '../table/table.js';
import { parties } from './dealer.js';
import { allOrNone } from './share-table.js';

/** Writes `path(0)`, `path(1)` and `path(2)`, paths or URLs: all of them, or none. Resolves to the number of rows. */
export const shareRawParts = async (table: Table, path: (party: number) => string): Promise<number> => {
  const places = parties.map(path);
  const sinks: Sink[] = [];
  try {
    for (const place of places) sinks.push(await createSink(place, { mode: 0o600 }));
    const rows = await writeRecords(table, sinks);
    if (rows === 0) throw badArgument('the table has no rows', 'share one that has');
    await allOrNone(places, (_, party) => sinks[party]!.commit());
    return rows;
  } catch (error) {
    for (const sink of sinks) await sink.abort();
    throw error;
  }
};

/** A record of every row. */
const writeRecords = async (table: Table, sinks: readonly Sink[]): Promise<number> => {
  const width = table.columns.length;
  let rows = 0;
  for await (const batch of table.batches()) {
    const values = new NdArray([batch.length / width, width], batch);
    for (const [party, part] of encryptRaw(values, aby3()).entries()) await sinks[party]!.write(part);
    rows += batch.length / width;
  }
  return rows;
};
