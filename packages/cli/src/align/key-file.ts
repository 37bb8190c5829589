import { extname } from 'node:path';
import { badArgument } from '../bad-argument.js';

/** The columns of a file by which its rows are matched. */
export interface KeyFile {
  readonly file: string;
  /** By name, or by number from 1; undefined: the only one there is. */
  readonly columns?: readonly string[];
}

/** How rows are written in a file: `list` has one key a line. */
export type FileKind = 'csv' | 'parquet' | 'list';

const pattern = /^([^#]+)(?:#(.+))?$/;

/** From `FILE` or `FILE#COLUMN,COLUMN`. */
export const parseKeyFile = (text: string): KeyFile => {
  const [, file, list] = pattern.exec(text) ?? [];
  const columns = list?.split(',');
  if (file === undefined || columns?.includes('')) {
    throw badArgument(
      `--keys: ${JSON.stringify(text)} names no file and columns`,
      'write FILE or FILE#COLUMN,COLUMN',
    );
  }
  if (columns !== undefined && new Set(columns).size < columns.length)
    throw badArgument(`--keys: ${JSON.stringify(text)} names a column twice`, 'name every column once');
  return { file, ...(columns !== undefined && { columns }) };
};

const kinds: Readonly<Record<string, FileKind>> = { '.csv': 'csv', '.parquet': 'parquet', '.txt': 'list' };

/** By the end of its name. Throws `bad-argument` for others. */
export const kindOf = (file: string): FileKind => {
  const kind = kinds[extname(file).toLowerCase()];
  if (kind !== undefined) return kind;
  throw badArgument(
    `${file} is no file of a known kind`,
    'use .csv, .parquet, or .txt with one key a line; rename it if it is one of them',
  );
};

/** A file was given that cannot be read, or does not hold what it should. */
export const unreadable = (file: string, error: unknown, remedy: string): Error => {
  const reason = error instanceof Error ? error.message : String(error);
  return badArgument(`cannot read ${file}: ${reason}`, remedy, error);
};

/** A row that has no key. Rows count from 1, a header not counted. */
export const missingKey = (file: string, row: number, column?: string): Error => {
  const place = column === undefined ? `row ${row + 1}` : `row ${row + 1}, column '${column}'`;
  return badArgument(`${file}: ${place} is empty`, 'give every row a key, or leave the row out');
};

/** Where a key column is among those of a table: by name, or else by number from 1. */
export const columnPlace = (file: string, column: string, names: readonly string[]): number => {
  const named = names.indexOf(column);
  if (named >= 0 && names.lastIndexOf(column) !== named)
    throw badArgument(
      `${file} has several columns '${column}'`,
      `name one by its number, 1 to ${names.length}`,
    );
  if (named >= 0) return named;
  const number = /^[1-9]\d*$/.test(column) ? Number(column) : 0;
  if (number >= 1 && number <= names.length) return number - 1;
  throw badArgument(`${file} has no column '${column}'`, `it has ${names.join(', ')}`);
};

/** The places of the key columns; without any named, that of the only column. */
export const columnPlaces = ({ file, columns }: KeyFile, names: readonly string[]): number[] => {
  if (columns !== undefined) return columns.map((column) => columnPlace(file, column, names));
  if (names.length === 1) return [0];
  throw badArgument(
    `${file} has ${names.length} columns`,
    `say which of them are the key: ${file}#${names.join(',')}`,
  );
};
