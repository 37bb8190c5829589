/** CSV as numbers, most of them by a kernel that makes no texts of them (RFC 4180; lines end in LF or CRLF, empty lines are no rows). */
import { TriadError } from '@triad/protocol';
import { badArgument } from '../bad-argument.js';
import type { Source } from '../storage/storage.js';
import { ByteWindow } from './byte-window.js';
import { PlainReader, type PlainRows } from './plain-rows.js';
import { encodedColumns, type Schema } from './schema.js';
import {
  chosen,
  type Encoder,
  encodersOf,
  missing,
  notNumber,
  type Reading,
  RowBuffer,
  refusal,
  type Table,
} from './table.js';

const comma = 0x2c;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

const maxRecordBytes = 2 ** 26;
const headerBytes = 2 ** 16;
const bom = [0xef, 0xbb, 0xbf];

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const nothing = /^(?:na|n\/a|nan|null|none)?$/i;

/** The first line is a header unless all of it is numbers. */
export const openCsv = async ({ source, ...options }: Reading): Promise<Table> => {
  const { cells, end } = await firstRecord(source);
  const headed = !cells.every((cell) => numberPattern.test(cell.trim()));
  const names = headed ? cells.map((cell) => cell.trim()) : cells.map((_, i) => String(i + 1));
  const schema = chosen(source.name, names, options);
  return {
    schema,
    columns: encodedColumns(schema),
    batches: () => new CsvReader(source, names, schema).batches(headed ? end : 0),
  };
};

/** Cells of the first record, and where the next begins. */
const firstRecord = async (
  source: Source,
): Promise<{ readonly cells: readonly string[]; readonly end: number }> => {
  for (let size = headerBytes; ; size *= 4) {
    const bytes = Buffer.from(await source.read(0, Math.min(size, source.size)));
    const last = bytes.length >= source.size;
    const start = bom.every((byte, i) => bytes[i] === byte) ? bom.length : 0;
    const found = scanCells(source.name, bytes, start, last);
    if (found !== undefined) return found;
    if (last) throw badArgument(`${source.name} is empty`, 'give a CSV file with a header');
    if (size > maxRecordBytes) throw tooLong(source.name);
  }
};

const scanCells = (file: string, bytes: Buffer, start: number, last: boolean) => {
  const cells: string[] = [];
  let at = start;
  while (at < bytes.length && isBreak(bytes[at]!)) at++;
  if (at >= bytes.length) return undefined;
  for (;;) {
    const end = cellEnd(file, bytes, at, bytes.length, 1);
    if (end >= bytes.length && !last) return undefined;
    cells.push(cellText(bytes, at, end));
    if (bytes[end] !== comma) return { cells, end: Math.min(bytes.length, lineEnd(bytes, end)) };
    at = end + 1;
  }
};

/** Where a cell ends: at a comma, a line break or the end of the bytes. */
const cellEnd = (file: string, bytes: Uint8Array, start: number, filled: number, row: number): number => {
  let at = start;
  if (bytes[at] === quote) {
    for (at++; at < filled; at++) {
      if (bytes[at] !== quote) continue;
      if (bytes[at + 1] !== quote || at + 1 >= filled) break;
      at++;
    }
    at++;
    if (at >= filled) return filled;
    if (bytes[at] === comma || bytes[at] === lineFeed || bytes[at] === carriageReturn) return at;
    throw badArgument(
      `${file}: row ${row} goes on behind a closing quote`,
      'give a CSV file with commas and double quotes',
    );
  }
  while (at < filled && bytes[at] !== comma && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) at++;
  return at;
};

const cellText = (bytes: Buffer, start: number, end: number): string => {
  if (bytes[start] !== quote) return bytes.toString('utf8', start, end);
  return bytes
    .toString('utf8', start + 1, bytes[end - 1] === quote && end - start > 1 ? end - 1 : end)
    .replaceAll('""', '"');
};

const isBreak = (byte: number): boolean => byte === lineFeed || byte === carriageReturn;

/** Behind the line break at `at`. */
const lineEnd = (bytes: Uint8Array, at: number): number =>
  bytes[at] === carriageReturn && bytes[at + 1] === lineFeed ? at + 2 : at + 1;

class CsvReader {
  readonly #encoders: (Encoder | undefined)[];
  readonly #rows: RowBuffer;
  /** In the order of the file. */
  readonly #categories: readonly Encoder[];
  readonly #plain: PlainReader;
  readonly #window = new ByteWindow();
  #row = 1;

  constructor(
    private readonly source: Source,
    private readonly names: readonly string[],
    schema: Schema,
  ) {
    const width = encodedColumns(schema).length;
    this.#rows = new RowBuffer(source.name, width);
    const encoders = new Map(encodersOf(schema).map((encoder) => [encoder.column.name, encoder]));
    this.#encoders = names.map((name) => encoders.get(name));
    this.#categories = this.#encoders.filter((encoder) => encoder?.values !== undefined) as Encoder[];
    this.#plain = new PlainReader(this.#encoders, width);
  }

  async *batches(start: number): AsyncGenerator<Float64Array> {
    try {
      let first = start === 0;
      for await (const piece of this.source.stream(start)) {
        this.#window.append(piece);
        if (first && this.#window.filled >= bom.length) {
          const bytes = this.#window.bytes();
          if (bom.every((byte, i) => bytes[i] === byte)) this.#window.shift(bom.length);
          first = false;
        }
        yield* this.#records(false);
        if (this.#window.filled > maxRecordBytes) throw tooLong(this.source.name);
      }
      yield* this.#records(true);
      if (this.#rows.rows > 0) yield this.#rows.take();
    } finally {
      this.#window.dispose();
      this.#plain.dispose();
    }
  }

  *#records(last: boolean): Generator<Float64Array> {
    let at = 0;
    for (;;) {
      at = this.#plainRecords(at);
      if (this.#rows.full) {
        yield this.#rows.take();
        continue;
      }
      const bytes = this.#window.bytes();
      while (at < this.#window.filled && isBreak(bytes[at]!)) at++;
      if (at >= this.#window.filled) break;
      const next = this.#record(bytes, at, last);
      if (next < 0) break;
      at = next;
      this.#row++;
      this.#rows.rows++;
    }
    this.#window.shift(Math.min(at, this.#window.filled));
  }

  /** Reads rows up to one that is not plain; where that begins. */
  #plainRecords(at: number): number {
    const { ptr, filled } = this.#window;
    const read = this.#plain.read(ptr + at, ptr + filled, this.#rows.room);
    this.#rows.append(read.values);
    if (this.#categories.length > 0) this.#encode(read);
    this.#row += read.rows;
    return read.rest - ptr;
  }

  #encode({ rows, texts }: PlainRows): void {
    const bytes = this.#window.bytes();
    const { ptr } = this.#window;
    const first = this.#rows.rows - rows;
    for (let i = 0, at = 0; i < rows; i++)
      for (const encoder of this.#categories) {
        const text = bytes.toString('utf8', texts[at++]! - ptr, texts[at++]! - ptr);
        this.#rows.category(text, encoder, this.#row + i, first + i);
      }
  }

  /** Reads one record; where the next begins, or -1 when it is not all there. */
  #record(bytes: Buffer, start: number, last: boolean): number {
    const { filled } = this.#window;
    const width = this.names.length;
    let at = start;
    for (let column = 0; ; column++) {
      if (column >= width) throw this.#width('more');
      const end = cellEnd(this.source.name, bytes, at, filled, this.#row);
      if (end >= filled && !last) return -1;
      const encoder = this.#encoders[column];
      if (encoder !== undefined) this.#take(cellText(bytes, at, end), encoder);
      if (bytes[end] === comma && end < filled) {
        at = end + 1;
        continue;
      }
      // The line feed of a CRLF may be in the next piece; it is then an empty line.
      if (column + 1 < width) throw this.#width('fewer');
      return Math.min(filled, lineEnd(bytes, end));
    }
  }

  #take(text: string, encoder: Encoder): void {
    if (encoder.values !== undefined) this.#rows.category(text, encoder, this.#row);
    else this.#rows.number(this.#number(text, encoder), encoder, this.#row);
  }

  #number(text: string, { column }: Encoder): number {
    const plain = text.trim();
    if (numberPattern.test(plain)) return Number(plain);
    if (nothing.test(plain)) throw missing(this.source.name, this.#row, column.name);
    throw refusal(this.source.name, this.#row, column.name, 'is not a number', notNumber);
  }

  #width(how: string): Error {
    return badArgument(
      `${this.source.name}: row ${this.#row} has ${how} cells than the first line, which has ${this.names.length}`,
      'give a CSV file with commas, double quotes, and equally many cells in each line',
    );
  }
}

const tooLong = (file: string): TriadError =>
  new TriadError('limit', `${file} has a row of more than ${maxRecordBytes / 2 ** 20} MB`, {
    remedy: 'look for a quote that is not closed',
  });
