import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ResultLog, type ResultRecord } from './result-log.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-results-'));
  path = join(folder, 'results.log');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Every tenth is large: larger than what is read at a time. */
const recordOf = (unit: number): ResultRecord => ({
  unit,
  name: 'loss',
  to: 'carol',
  shape: unit % 10 === 9 ? [100_000 + unit] : [],
  words: new Uint8Array(unit % 10 === 9 ? 16 * (100_000 + unit) : 16).fill(unit),
});

const all = async (log: ResultLog): Promise<ResultRecord[]> => {
  const found: ResultRecord[] = [];
  for await (const { words, ...record } of log.records())
    found.push({ ...record, words: new Uint8Array(words) });
  return found;
};

const written = async (units: readonly number[]): Promise<void> => {
  const log = await ResultLog.open(path);
  for (const unit of units) log.append(recordOf(unit));
  await log.sync();
  await log.close();
};

const units = Array.from({ length: 40 }, (_, i) => i);

describe('what a job has revealed so far', () => {
  it('is read as it was written', async () => {
    await written(units);
    const log = await ResultLog.open(path);
    expect(await all(log)).toEqual(units.map(recordOf));
    await log.close();
  });

  it('is kept as far as it counts, in memory, too', async () => {
    await written([0, 2, 1, 3, 5, 4, 6]);
    const log = await ResultLog.open(path);
    await log.keepBefore(5);
    log.append(recordOf(7));
    await log.sync();
    expect((await all(log)).map(({ unit }) => unit)).toEqual([0, 2, 1, 3, 4, 7]);
    expect(log.recent.of('carol', 8, 1000).map(({ unit }) => unit)).toEqual([0, 2, 1, 3, 4, 7]);
    expect(log.recent.of('dave', 8, 1000)).toEqual([]);
    await log.close();
  });

  it('loses no more than the record that was being written when the process died', async () => {
    await written(units);
    const { length } = await readFile(path);
    for (const cut of [1, 15, 16, 17, 60, 16 * 100_039]) {
      await truncate(path, length - cut);
      const log = await ResultLog.open(path);
      expect((await all(log)).map(({ unit }) => unit)).toEqual(units.slice(0, -1));
      await log.close();
    }
  });
});
