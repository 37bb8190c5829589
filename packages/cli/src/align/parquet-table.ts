/**
 * Tables in Parquet, column by column as they are stored: numbers, big integers and bytes that no one has turned into dates or decimals, so
 * that a column can be written again without a loss.
 */
import { open } from 'node:fs/promises';
import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  type ParquetParsers,
  type ParquetRowRange,
  parquetMetadataAsync,
  parquetScan,
  type SchemaElement,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { unreadable } from './key-file.js';

/** A column of the table; a nested one is told by its first element. */
export interface ParquetColumn {
  readonly name: string;
  readonly element: SchemaElement;
}

/** An open Parquet file. Whoever opened it closes it. */
export interface ParquetTable {
  readonly file: string;
  readonly columns: readonly ParquetColumn[];
  /** As in the file, but for timestamps of 96 bits, which become those of 64 bits. */
  readonly schema: readonly SchemaElement[];
  readonly metadata: FileMetaData;
  /** Rows that are stored together. */
  readonly groups: readonly ParquetRowRange[];
  /** Stored values of a column in a group; null or undefined where there is none. */
  read(column: string, group: ParquetRowRange): Promise<DecodedArray>;
  close(): Promise<void>;
}

const remedy = 'give a Parquet file that other programs can read, or convert it to CSV';

/** Throws `bad-argument` for a file that cannot be read. */
export const openParquet = async (file: string): Promise<ParquetTable> => {
  const buffer = await fileBuffer(file);
  try {
    const metadata = await parquetMetadataAsync(buffer);
    const scan = await parquetScan({
      file: buffer,
      metadata: { ...metadata, schema: storedSchema(metadata.schema) },
      compressors,
      parsers: nanoseconds,
      utf8: false,
      geoparquet: false,
    });
    return {
      file,
      metadata,
      columns: columnsOf(metadata.schema),
      schema: metadata.schema.map(writable),
      groups: scan.ranges,
      read: (column, group) =>
        scan.readColumn({ column, ...group }).catch((error: unknown) => {
          throw unreadable(file, error, remedy);
        }),
      close: buffer.close,
    };
  } catch (error) {
    await buffer.close();
    throw unreadable(file, error, remedy);
  }
};

interface FileBuffer extends AsyncBuffer {
  close(): Promise<void>;
}

const fileBuffer = async (path: string): Promise<FileBuffer> => {
  try {
    const file = await open(path);
    const { size } = await file.stat();
    const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
      const bytes = new Uint8Array(end - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      if (bytesRead < bytes.length) throw new RangeError(`it ends at byte ${start + bytesRead}`);
      return bytes.buffer;
    };
    return { byteLength: size, slice, close: () => file.close() };
  } catch (error) {
    throw unreadable(path, error, 'name a file that is there');
  }
};

/** Timestamps of 96 bits. */
const nanoseconds: Partial<ParquetParsers> = { timestampFromNanoseconds: (nanos) => nanos };

/** The schema without what values mean: they are read and written as they are stored. Groups keep it, lists and maps being told by it. */
export const storedSchema = (schema: readonly SchemaElement[]): SchemaElement[] =>
  schema.map((element) => {
    const { converted_type, logical_type, ...rest } = element;
    return element.num_children === undefined ? rest : element;
  });

const writable = (element: SchemaElement): SchemaElement =>
  element.type === 'INT96'
    ? { ...element, type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' } }
    : element;

/** Children of the root, in the schema's order of depth first. */
const columnsOf = (schema: readonly SchemaElement[]): ParquetColumn[] => {
  const columns: ParquetColumn[] = [];
  for (let i = 1; i < schema.length; i = after(schema, i)) {
    const element = schema[i]!;
    columns.push({ name: element.name, element });
  }
  return columns;
};

const after = (schema: readonly SchemaElement[], i: number): number => {
  let next = i + 1;
  for (let child = 0; child < (schema[i]?.num_children ?? 0); child++) next = after(schema, next);
  return next;
};
