/** CSV as numbers, without making texts of them (RFC 4180; lines end in LF or CRLF, empty lines are no rows). */
import { TriadError } from '@triad/protocol';
import { badArgument } from '../bad-argument.js';
import type { Source } from '../storage/storage.js';
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
const point = 0x2e;
const minus = 0x2d;
const zero = 0x30;

const maxRecordBytes = 2 ** 26;
const headerBytes = 2 ** 16;
const bom = [0xef, 0xbb, 0xbf];

/** Powers of ten that a double has exactly. */
const powers = Array.from({ length: 23 }, (_, i) => 10 ** i);
/** So many digits are a whole number that a double has exactly. */
const exactDigits = 15;
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
  while (bytes[at] === lineFeed || bytes[at] === carriageReturn) at++;
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

/** Behind the line break at `at`. */
const lineEnd = (bytes: Uint8Array, at: number): number =>
  bytes[at] === carriageReturn && bytes[at + 1] === lineFeed ? at + 2 : at + 1;

class CsvReader {
  readonly #encoders: (Encoder | undefined)[];
  readonly #rows: RowBuffer;
  /** Bytes of records that are not read yet. */
  #bytes = Buffer.alloc(2 ** 21);
  #filled = 0;
  #row = 1;
  /** Where the number that was read last ends. */
  #end = 0;

  constructor(
    private readonly source: Source,
    private readonly names: readonly string[],
    schema: Schema,
  ) {
    this.#rows = new RowBuffer(source.name, encodedColumns(schema).length);
    const encoders = new Map(encodersOf(schema).map((encoder) => [encoder.column.name, encoder]));
    this.#encoders = names.map((name) => encoders.get(name));
  }

  async *batches(start: number): AsyncGenerator<Float64Array> {
    let first = start === 0;
    for await (const piece of this.source.stream(start)) {
      this.#append(piece);
      if (first && this.#filled >= bom.length) {
        if (bom.every((byte, i) => this.#bytes[i] === byte)) this.#shift(bom.length);
        first = false;
      }
      yield* this.#records(false);
    }
    yield* this.#records(true);
    if (this.#rows.rows > 0) yield this.#rows.take();
  }

  #append(piece: Uint8Array): void {
    if (this.#filled + piece.length + 1 > this.#bytes.length) {
      if (this.#filled > maxRecordBytes) throw tooLong(this.source.name);
      const larger = Buffer.alloc(2 * (this.#filled + piece.length));
      this.#bytes.copy(larger, 0, 0, this.#filled);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#filled);
    this.#filled += piece.length;
    this.#bytes[this.#filled] = 0;
  }

  #shift(used: number): void {
    this.#bytes.copyWithin(0, used, this.#filled);
    this.#filled -= used;
    this.#bytes[this.#filled] = 0;
  }

  *#records(last: boolean): Generator<Float64Array> {
    let at = 0;
    for (;;) {
      while (at < this.#filled && (this.#bytes[at] === lineFeed || this.#bytes[at] === carriageReturn)) at++;
      if (at >= this.#filled) break;
      const next = this.#record(at, last);
      if (next < 0) break;
      at = next;
      this.#row++;
      this.#rows.rows++;
      if (this.#rows.full) yield this.#rows.take();
    }
    this.#shift(at);
  }

  /** Reads one record; where the next begins, or -1 when it is not all there. */
  #record(start: number, last: boolean): number {
    const bytes = this.#bytes;
    const width = this.names.length;
    let at = start;
    for (let column = 0; ; column++) {
      if (column >= width) throw this.#width('more');
      const encoder = this.#encoders[column];
      const end = encoder === undefined ? this.#skip(at) : this.#cell(at, encoder, last);
      if (end < 0 || (end >= this.#filled && !last)) return -1;
      if (bytes[end] === comma && end < this.#filled) {
        at = end + 1;
        continue;
      }
      // The line feed of a CRLF may be in the next piece; it is then an empty line.
      if (column + 1 < width) throw this.#width('fewer');
      return Math.min(this.#filled, lineEnd(bytes, end));
    }
  }

  #skip(at: number): number {
    return cellEnd(this.source.name, this.#bytes, at, this.#filled, this.#row);
  }

  /** Where the cell ends. */
  #cell(at: number, encoder: Encoder, last: boolean): number {
    if (encoder.values === undefined) {
      const value = this.#quick(at);
      if (!Number.isNaN(value)) {
        this.#rows.number(value, encoder, this.#row);
        return this.#end;
      }
    }
    const end = this.#skip(at);
    if (end >= this.#filled && !last) return -1;
    const text = cellText(this.#bytes, at, end);
    if (encoder.values !== undefined) this.#rows.category(text, encoder, this.#row);
    else this.#rows.number(this.#number(text, encoder), encoder, this.#row);
    return end;
  }

  /** A number of few digits that is followed by the end of the cell, and where that is; otherwise NaN. */
  #quick(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    const negative = bytes[at] === minus;
    if (negative) at++;
    const from = at;
    let whole = 0;
    let digit = bytes[at]! - zero;
    while (digit >= 0 && digit <= 9) {
      whole = whole * 10 + digit;
      digit = bytes[++at]! - zero;
    }
    let digits = at - from;
    let scale = 0;
    if (bytes[at] === point) {
      digit = bytes[++at]! - zero;
      const fraction = at;
      while (digit >= 0 && digit <= 9) {
        whole = whole * 10 + digit;
        digit = bytes[++at]! - zero;
      }
      scale = at - fraction;
      digits += scale;
    }
    const next = bytes[at];
    if (digits === 0 || digits > exactDigits || at >= this.#filled) return Number.NaN;
    if (next !== comma && next !== lineFeed && next !== carriageReturn) return Number.NaN;
    this.#end = at;
    const value = scale === 0 ? whole : whole / powers[scale]!;
    return negative ? -value : value;
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
