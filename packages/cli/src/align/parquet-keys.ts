import type { ParquetRowRange } from 'hyparquet';
import { badArgument } from '../bad-argument.js';
import { type TextOf, textOf } from './canonical-text.js';
import { type KeyBatch, KeyPacker } from './key-batch.js';
import { columnPlaces, type KeyFile, missingKey } from './key-file.js';
import { openParquet, type ParquetTable } from './parquet-table.js';

interface KeyColumn {
  readonly name: string;
  readonly text: TextOf;
}

/** Keys of a Parquet file, as canonical texts. Throws `bad-argument` for columns that are not there or cannot be keys, and rows without a key. */
export async function* parquetKeys(source: KeyFile): AsyncGenerator<KeyBatch> {
  const table = await openParquet(source.file);
  try {
    const columns = keyColumns(source, table);
    for (const group of table.groups) {
      const texts: string[][] = [];
      for (const column of columns) texts.push(await columnTexts(table, column, group));
      yield texts.length === 1 ? packed(texts[0]!) : texts[0]!.map((_, row) => texts.map((of) => of[row]!));
    }
  } finally {
    await table.close();
  }
}

const keyColumns = (source: KeyFile, { columns, file }: ParquetTable): KeyColumn[] =>
  columnPlaces(
    source,
    columns.map(({ name }) => name),
  ).map((place) => {
    const { name, element } = columns[place]!;
    const text = textOf(element);
    if (text !== undefined) return { name, text };
    throw badArgument(
      `${file}: column '${name}' cannot be a key`,
      'choose columns of text, whole numbers, decimals, dates, timestamps, booleans or UUIDs',
    );
  });

const columnTexts = async (
  table: ParquetTable,
  { name, text }: KeyColumn,
  group: ParquetRowRange,
): Promise<string[]> =>
  Array.from(await table.read(name, group), (value: unknown, i) => {
    if (value === null || value === undefined) throw missingKey(table.file, group.rowStart + i, name);
    const key = text(value);
    if (key === '') throw missingKey(table.file, group.rowStart + i, name);
    if (key !== undefined) return key;
    throw badArgument(
      `${table.file}: row ${group.rowStart + i + 1}, column '${name}' cannot be a key`,
      'use text in UTF-8, whole numbers up to 2^53 where they are floating-point ones, and dates of the calendar',
    );
  });

const packed = (texts: readonly string[]): KeyBatch => {
  const packer = new KeyPacker(2 ** 16, texts.length);
  for (const text of texts) packer.addText(text);
  return packer.keys();
};
