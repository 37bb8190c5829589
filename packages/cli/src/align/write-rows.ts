import type { FileHandle } from 'node:fs/promises';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { requireWritable, writeWhole } from '../atomic-file.js';
import { badArgument } from '../bad-argument.js';
import { csvColumns, csvRecords, readCsvHeader } from './csv-table.js';
import { type FileKind, kindOf } from './key-file.js';
import { listRecords } from './list.js';
import { csvLine, parquetColumns, parquetRecords, textColumns } from './parquet-rows.js';
import { openParquet, type ParquetTable } from './parquet-table.js';
import { RowOrder } from './row-order.js';
import { type ParquetForm, type ParquetTarget, writeParquetRows } from './write-parquet.js';
import { writeTextRows } from './write-text.js';

/** Where rows are written while they are chosen. */
interface Place extends ParquetTarget {
  /** Bytes of the source. */
  readonly bytes: number;
}

/**
 * Writes rows of a file into another one, in the order given, whole or not at all. Of CSV the header and the rows stay as they are, of Parquet the
 * schema; from one to the other, cells become texts and columns texts. Rows count from 0, a header not counted, and differ from each
 * other. Throws `bad-argument` for rows that are not there and kinds that do not go together.
 */
export const writeRows = async (source: string, rows: Uint32Array, target: string): Promise<void> => {
  await checkTarget(source, target);
  const [from, to] = [kindOf(source), kindOf(target)];
  const order = new RowOrder(rows);
  await writeWhole(
    target,
    async (file) => {
      const { size: bytes } = await stat(source);
      const place: Place = { file, spill: `${target}.${process.pid}.rows.part`, bytes };
      const found = await writers[from](source, to, order, place);
      order.requireAll(source, found);
    },
    ownerOnly,
  );
};

/** Which rows are common is known to their owner alone. */
const ownerOnly = 0o600;

/** Throws `bad-argument` where rows of one file cannot be written to the other, before they are chosen. Makes the folder they go to. */
export const checkTarget = async (source: string, target: string): Promise<void> => {
  const [from, to] = [kindOf(source), kindOf(target)];
  if ((from === 'list') !== (to === 'list'))
    throw badArgument(
      `rows of ${source} cannot be written to ${target}`,
      'a list of keys stays a list: name a .txt file for it, and a .csv or .parquet file for tables',
    );
  if (resolve(source) === resolve(target))
    throw badArgument(`the rows would take the place of ${source}`, 'name another file for them');
  await requireWritable(target);
  if (from !== 'parquet' || to !== 'csv') return;
  const table = await openParquet(source);
  try {
    textColumns(table);
  } finally {
    await table.close();
  }
};

type Writer = (source: string, to: FileKind, order: RowOrder, place: Place) => Promise<number>;

const writeList: Writer = (source, _, order, place) =>
  writeTextRows(listRecords({ file: source }), order, place);

const writeCsv: Writer = async (source, to, order, place) => {
  const header = await readCsvHeader(source);
  if (to === 'parquet')
    return writeParquetRows(csvColumns(source, header), order, textForm(header.names), place);
  if (header.line !== undefined) await writeLine(place.file, header.line);
  return writeTextRows(csvRecords(source, header), order, place);
};

const writeParquet: Writer = async (source, to, order, place) => {
  const table = await openParquet(source);
  try {
    if (to === 'parquet') return await writeParquetRows(parquetColumns(table), order, formOf(table), place);
    const columns = textColumns(table);
    await writeLine(place.file, Buffer.from(csvLine(columns.map(({ name }) => name))));
    return await writeTextRows(parquetRecords(table, columns), order, place);
  } finally {
    await table.close();
  }
};

const writers: Readonly<Record<FileKind, Writer>> = { list: writeList, csv: writeCsv, parquet: writeParquet };

const writeLine = async (file: FileHandle, line: Uint8Array): Promise<void> => {
  await file.writeFile(Buffer.concat([line, Buffer.from('\n')]));
};

const formOf = ({ schema, columns, metadata }: ParquetTable): ParquetForm => ({
  schema,
  columns: columns.map(({ name }) => name),
  ...(metadata.key_value_metadata && { properties: metadata.key_value_metadata }),
});

/** Columns of text. */
const textForm = (columns: readonly string[]): ParquetForm => ({
  schema: [
    { name: 'root', num_children: columns.length },
    ...columns.map((name) => ({
      name,
      type: 'BYTE_ARRAY' as const,
      repetition_type: 'REQUIRED' as const,
      converted_type: 'UTF8' as const,
      logical_type: { type: 'STRING' as const },
    })),
  ],
  columns,
});
