import type { ParquetRowRange, SchemaElement } from 'hyparquet';
import { badArgument } from '../bad-argument.js';
import { ByteBuilder } from './byte-builder.js';
import { type TextOf, textOf } from './canonical-text.js';
import type { ParquetTable } from './parquet-table.js';
import type { RecordBlock } from './record.js';
import type { ColumnPiece } from './write-parquet.js';

/** Stored values, group by group and column by column. */
export async function* parquetColumns(table: ParquetTable): AsyncGenerator<ColumnPiece> {
  for (const group of table.groups) {
    for (const [column, { name }] of table.columns.entries())
      yield { column, row: group.rowStart, values: await table.read(name, group) };
  }
}

interface TextColumn {
  readonly name: string;
  readonly text: TextOf;
}

/** The columns as texts. Throws `bad-argument` for one that has none. */
export const textColumns = ({ file, columns }: ParquetTable): TextColumn[] =>
  columns.map(({ name, element }) => {
    const text = isFloat(element) ? String : textOf(element);
    if (text !== undefined) return { name, text };
    throw badArgument(
      `${file}: column '${name}' cannot be written to CSV`,
      'name a .parquet file for the rows',
    );
  });

const isFloat = ({ type, num_children, repetition_type }: SchemaElement): boolean =>
  (type === 'FLOAT' || type === 'DOUBLE') && num_children === undefined && repetition_type !== 'REPEATED';

/** Rows in CSV. */
export async function* parquetRecords(
  table: ParquetTable,
  columns: readonly TextColumn[],
): AsyncGenerator<RecordBlock> {
  for (const group of table.groups) {
    const cells: string[][] = [];
    for (const column of columns) cells.push(await columnCells(table, column, group));
    yield csvBlock(cells);
  }
}

const columnCells = async (
  table: ParquetTable,
  { name, text }: TextColumn,
  group: ParquetRowRange,
): Promise<string[]> =>
  Array.from(await table.read(name, group), (value: unknown, i) => {
    if (value === null || value === undefined) return '';
    const cell = text(value);
    if (cell !== undefined) return cell;
    throw badArgument(
      `${table.file}: row ${group.rowStart + i + 1}, column '${name}' cannot be written to CSV`,
      'name a .parquet file for the rows',
    );
  });

const csvBlock = (cells: readonly (readonly string[])[]): RecordBlock => {
  const count = cells[0]!.length;
  const [starts, ends] = [new Uint32Array(count), new Uint32Array(count)];
  const bytes = new ByteBuilder(2 ** 16);
  for (let row = 0; row < count; row++) {
    starts[row] = bytes.length;
    bytes.appendText(csvLine(cells.map((column) => column[row]!)));
    ends[row] = bytes.length;
  }
  return { bytes: bytes.bytes(), count, starts, ends };
};

/** A row of CSV. One with nothing in it has quotes, an empty line being no row. */
export const csvLine = (cells: readonly string[]): string =>
  cells.length === 1 && cells[0] === '' ? '""' : cells.map(csvCell).join(',');

const csvCell = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
