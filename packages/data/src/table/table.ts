/** A table as rows of numbers. */
import { badArgument } from '../bad-argument.js';
import type { Source } from '../storage/storage.js';
import { type Column, encodedColumns, numberSchema, type Schema, selectColumns } from './schema.js';

/** Whoever opened its source closes that. */
export interface Table {
  readonly schema: Schema;
  /** What each number of a row is. */
  readonly columns: readonly string[];
  /**
   * Whole rows, one after the other, some thousand at a time; a batch is valid until the next is asked for. Throws `bad-argument`, with row
   * and column but never the value, for a value that is missing or cannot be a number of its column.
   */
  batches(): AsyncIterable<Float64Array>;
}

/** What of a file is wanted. */
export interface TableOptions {
  /** Default: all columns are numbers. */
  readonly schema?: Schema;
  /** Default: all columns of the schema, in its order. */
  readonly columns?: readonly string[];
}

/** Of a batch, about. */
const [mostRows, mostNumbers] = [2 ** 12, 2 ** 20];

/** Rows of a batch, of so many numbers each. */
export const batchRows = (width: number): number =>
  Math.max(1, Math.min(mostRows, Math.floor(mostNumbers / width)));

/** Fixed point with 16 bits of fraction holds what is below. */
const bound = 2 ** 47;

/** What the file's columns, by name, are to become. Throws `bad-argument` for a column that the file lacks. */
export const chosen = (file: string, names: readonly string[], { schema, columns }: TableOptions): Schema => {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined && schema === undefined)
    throw badArgument(
      `${file} has two columns '${twice}'`,
      'rename one, or say with a schema which are wanted',
    );
  const whole = schema ?? numberSchema(names);
  const wanted = columns === undefined ? whole : selectColumns(whole, columns);
  const missing = wanted.columns.find(({ name }) => !names.includes(name));
  if (missing === undefined) return wanted;
  throw badArgument(`${file} has no column '${missing.name}'`, `it has ${names.slice(0, 40).join(', ')}`);
};

/** Puts the values of one column into rows. */
export interface Encoder {
  readonly column: Column;
  /** Of its first number in a row. */
  readonly place: number;
  /** Numbers are multiplied by it. */
  readonly scale: number;
  /** By category's value; undefined for numbers. */
  readonly values: ReadonlyMap<string, number> | undefined;
}

export const encodersOf = (schema: Schema): readonly Encoder[] => {
  let place = 0;
  return schema.columns.map((column) => {
    const encoder = {
      column,
      place,
      scale: (column.type === 'number' ? column.scale : undefined) ?? 1,
      values: column.type === 'category' ? new Map(column.values.map((value, i) => [value, i])) : undefined,
    };
    place += encodedColumns({ columns: [column] }).length;
    return encoder;
  });
};

/** Rows that are being put together. The numbers of a row are zero before. */
export class RowBuffer {
  readonly #width: number;
  readonly #most: number;
  readonly values: Float64Array;
  rows = 0;

  constructor(
    private readonly file: string,
    width: number,
  ) {
    this.#width = width;
    this.#most = batchRows(width);
    this.values = new Float64Array(this.#most * width);
  }

  get full(): boolean {
    return this.rows === this.#most;
  }

  /** The rows so far; they are overwritten by the next. */
  take(): Float64Array {
    const taken = this.values.subarray(0, this.rows * this.#width);
    this.rows = 0;
    return taken;
  }

  /** How many rows there is room for. */
  get room(): number {
    return this.#most - this.rows;
  }

  /** Takes in whole rows. */
  append(values: Float64Array): void {
    this.values.set(values, this.rows * this.#width);
    this.rows += values.length / this.#width;
  }

  /** Puts a number into the row that is being made, the `row`-th of the file from 1. */
  number(value: number, { column, place, scale }: Encoder, row: number): void {
    const scaled = value * scale;
    if (!(Math.abs(scaled) < bound)) throw wrongNumber(this.file, value, column.name, row);
    this.values[this.rows * this.#width + place] = scaled;
  }

  /** Puts a category into the row that is being made, or one before. */
  category(text: string, { column, place, values }: Encoder, row: number, rows = this.rows): void {
    const index = values!.get(text);
    if (index === undefined)
      throw refusal(
        this.file,
        row,
        column.name,
        text.trim() === '' ? 'is missing' : 'is none of the values of its category',
        'add the value to the schema, or correct the row',
      );
    const at = rows * this.#width + place;
    this.values.fill(0, at, at + values!.size);
    this.values[at + index] = 1;
  }

  /** What a JSON or Parquet value is. */
  value(value: unknown, encoder: Encoder, row: number): void {
    const { name } = encoder.column;
    if (value === null || value === undefined) throw missing(this.file, row, name);
    const simple = typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean';
    if (encoder.values !== undefined && (simple || typeof value === 'string'))
      this.category(String(value), encoder, row);
    else if (simple) this.number(Number(value), encoder, row);
    else throw refusal(this.file, row, name, 'is not a number', notNumber);
  }
}

/** What to do about a text in a column of numbers. */
export const notNumber = 'correct it, leave the column out, or call it a category in the schema';

const wrongNumber = (file: string, value: number, column: string, row: number): Error =>
  Number.isNaN(value)
    ? missing(file, row, column)
    : refusal(file, row, column, 'is 2^47 or more in magnitude', 'give the column a `scale` in the schema');

export const missing = (file: string, row: number, column: string): Error =>
  refusal(file, row, column, 'is missing', 'fill it in, or leave the row or the column out');

/** Says where, and never what: the values are secret. */
export const refusal = (file: string, row: number, column: string, how: string, remedy: string): Error =>
  badArgument(`${file}: row ${row}, column '${column}' ${how}`, remedy);

export interface Reading extends TableOptions {
  readonly source: Source;
}
