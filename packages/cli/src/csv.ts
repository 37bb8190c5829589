import { readFile } from 'node:fs/promises';
import { NdArray } from '@triad/layers';
import { parse } from 'csv-parse/sync';
import { badArgument } from './bad-argument.js';

/** Columns of a CSV file that a program takes in under a name. */
export interface CsvSource {
  readonly name: string;
  readonly file: string;
  /** By name, or by number from 1; all of them when undefined. */
  readonly columns?: readonly string[];
}

const pattern = /^([^=]+)=([^#]+)(?:#(.+))?$/;

/** From `NAME=FILE` or `NAME=FILE#COLUMN,COLUMN`. */
export const parseCsvSource = (text: string): CsvSource => {
  const [, name, file, columns] = pattern.exec(text) ?? [];
  if (name === undefined || file === undefined) {
    throw badArgument(
      `--csv: ${JSON.stringify(text)} names no input and file`,
      'write NAME=FILE or NAME=FILE#COLUMN,COLUMN',
    );
  }
  return { name, file, ...(columns !== undefined && { columns: columns.split(',') }) };
};

const isNumber = (cell: string): boolean => cell.trim() !== '' && Number.isFinite(Number(cell));

/** The columns as [rows, columns]. The first line is a header unless all of it is numbers. */
export const readCsv = async ({ file, columns }: CsvSource): Promise<NdArray> => {
  const [first = [], ...rest] = await cells(file);
  const headed = !first.every(isNumber);
  const places =
    columns === undefined
      ? [...first.keys()]
      : columns.map((column) => place(file, column, headed ? first : undefined, first.length));
  const lines = headed ? rest : [first, ...rest];
  if (lines.length === 0 || places.length === 0)
    throw badArgument(`${file} has no rows`, 'give a file with numbers in it');
  const values = lines.flatMap((line, row) =>
    places.map((column) => numberAt(file, line, { row: row + (headed ? 2 : 1), column })),
  );
  return new NdArray([lines.length, places.length], Float64Array.from(values));
};

const cells = async (file: string): Promise<string[][]> => {
  try {
    return parse(await readFile(file), { bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw badArgument(
      `cannot read ${file}: ${reason}`,
      'give a CSV file with equally many cells in each line',
      error,
    );
  }
};

const place = (
  file: string,
  column: string,
  header: readonly string[] | undefined,
  width: number,
): number => {
  const named = header?.indexOf(column) ?? -1;
  if (named >= 0) return named;
  const number = /^[1-9]\d*$/.test(column) ? Number(column) : 0;
  if (number >= 1 && number <= width) return number - 1;
  const known = header === undefined ? `columns 1 to ${width}` : header.join(', ');
  throw badArgument(`${file} has no column '${column}'`, `it has ${known}`);
};

const numberAt = (
  file: string,
  line: readonly string[],
  at: { readonly row: number; readonly column: number },
): number => {
  const cell = line[at.column] ?? '';
  if (isNumber(cell)) return Number(cell);
  throw badArgument(
    `${file}: line ${at.row}, column ${at.column + 1} is ${JSON.stringify(cell)}, not a number`,
    'correct it, or choose other columns',
  );
};
