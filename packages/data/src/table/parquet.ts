/** Parquet, one group of rows after the other. */
import { type AsyncBuffer, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { badArgument } from '../bad-argument.js';
import type { Source } from '../storage/storage.js';
import { encodedColumns } from './schema.js';
import { chosen, encodersOf, type Reading, RowBuffer, type Table } from './table.js';

/** Rows that are decoded at a time. */
const blockRows = 2 ** 14;

export const openParquet = async ({ source, ...options }: Reading): Promise<Table> => {
  const file = bufferOf(source);
  const metadata = await readable(source, () => parquetMetadataAsync(file));
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const schema = chosen(source.name, names, options);
  const encoders = encodersOf(schema);
  const columns = encodedColumns(schema);
  const total = Number(metadata.num_rows);
  const wanted = schema.columns.map(({ name }) => name);
  return {
    schema,
    columns,
    async *batches() {
      const rows = new RowBuffer(source.name, columns.length);
      for (let start = 0; start < total; start += blockRows) {
        const rowEnd = Math.min(total, start + blockRows);
        const found = await readable(source, () =>
          parquetReadObjects({ file, metadata, compressors, columns: wanted, rowStart: start, rowEnd }),
        );
        for (const [i, row] of found.entries()) {
          for (const encoder of encoders) rows.value(row[encoder.column.name], encoder, start + i + 1);
          rows.rows++;
          if (rows.full) yield rows.take();
        }
      }
      if (rows.rows > 0) yield rows.take();
    },
  };
};

const bufferOf = (source: Source): AsyncBuffer => ({
  byteLength: source.size,
  slice: async (start, end = source.size) => {
    const from = start < 0 ? source.size + start : start;
    const bytes = await source.read(from, end);
    return new Uint8Array(bytes).buffer;
  },
});

const readable = async <T>(source: Source, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw badArgument(
      `${source.name} cannot be read as Parquet: ${reason}`,
      'give a Parquet file that other programs can read, or convert it to CSV',
      error,
    );
  }
};
