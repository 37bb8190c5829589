import { describe, expect, it } from 'vitest';
import { inPieces } from '../fixture/pieces.js';
import { openTable } from './open-table.js';
import { observed } from './statistics.js';
import { batchRows } from './table.js';

const values = Array.from({ length: 2 * batchRows(2) + 123 }, (_, i) => [1e4 + Math.sin(i), 7 - i / 4]);
const csv = (rows: readonly (readonly number[])[]) =>
  openTable(inPieces('t.csv', `a,b\n${rows.map((row) => row.join()).join('\n')}`));

const read = async (table: AsyncIterable<Float64Array>): Promise<number[]> => {
  const found: number[] = [];
  for await (const batch of table) found.push(...batch);
  return found;
};

describe('statistics of a table', () => {
  it('are those of all rows, whatever the batches', async () => {
    const table = observed(await csv(values));
    expect(await read(table.batches())).toEqual(values.flat());
    const told = table.statistics();
    expect(told.columns).toEqual(['a', 'b']);
    const found = await read(told.batches());
    const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length;
    const wanted = [0, 1].map((j) => {
      const column = values.map((row) => row[j]!);
      const m = mean(column);
      const deviation = Math.sqrt(mean(column.map((x) => (x - m) ** 2)));
      return [column.length / 1024, Math.min(...column), Math.max(...column), m, deviation];
    });
    for (const [i, value] of found.entries()) {
      const expected = wanted[i % 2]![Math.floor(i / 2)]!;
      expect(Math.abs(value - expected)).toBeLessThan(1e-9 * Math.abs(expected) + 1e-12);
    }
  });

  it('are refused of values that are too large, naming the column and not the value', async () => {
    const table = observed(await csv([[1, 40_000]]));
    await read(table.batches());
    expect(() => table.statistics()).toThrow(/column 'b' has values of 2\^15 or more.*scale/);
  });

  it('are of a table that was read to its end', async () => {
    const table = observed(await csv(values));
    for await (const _ of table.batches()) break;
    expect(() => table.statistics()).toThrow(/not read to its end/);
  });
});
