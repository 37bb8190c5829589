/** Finds the rows of CSV, and cells of the columns that are wanted, without making a text of any (RFC 4180; lines end in LF or CRLF). */
import { badArgument } from '../bad-argument.js';
import type { Scanned } from './block.js';
import { carriageReturn, lineFeed, type RecordBlock } from './record.js';

const comma = 0x2c;
export const quote = 0x22;

/** Rows, and where their wanted cells are: cell (k, j) is `bytes` from cells[2 (k w + j)] to the number after it, quotes included. */
export interface CsvBlock extends RecordBlock {
  readonly cells: Uint32Array;
}

/** Scans one file, block after block. Empty lines are no rows. */
export class CsvScanner {
  /** By column: which of the wanted ones it is, or -1. */
  readonly #slots: Int32Array;
  /** Where the next row begins. */
  #next = 0;
  #starts = new Uint32Array(0);
  #ends = new Uint32Array(0);
  #cells = new Uint32Array(0);
  #row: number;

  constructor(
    readonly file: string,
    /** Columns, or undefined to take the first row's. */
    readonly width: number | undefined,
    readonly wanted: readonly number[],
    headed = false,
  ) {
    this.#row = headed ? -1 : 0;
    this.#slots = new Int32Array(width ?? 0).fill(-1);
    for (const [slot, column] of wanted.entries()) this.#slots[column] = slot;
  }

  /** Whole rows, `most` of them at most; overwritten by the next call. Throws `bad-argument` for quotes and widths that are wrong. */
  scan(bytes: Uint8Array, last: boolean, most = bytes.length): Scanned<CsvBlock> {
    if (this.#starts.length < bytes.length) this.#grow(bytes.length);
    const [starts, ends] = [this.#starts, this.#ends];
    let [count, start] = [0, 0];
    while (count < most) {
      start = skipEmptyLines(bytes, start);
      if (start === bytes.length) break;
      const end = this.#record(bytes, start, last, 2 * count * this.wanted.length);
      if (end < 0) break;
      starts[count] = start;
      ends[count++] = end;
      start = this.#next;
      this.#row++;
    }
    return { found: { bytes, count, starts, ends, cells: this.#cells }, used: start };
  }

  /** A row takes a byte, and as many more as it has cells but the first. */
  #grow(bytes: number): void {
    this.#starts = new Uint32Array(bytes);
    this.#ends = new Uint32Array(bytes);
    this.#cells = new Uint32Array(this.wanted.length === 0 ? 0 : 2 * bytes + 2);
  }

  /** Where the row ends, its line break excluded; -1: not in these bytes. Notes its wanted cells at `into`. */
  #record(bytes: Uint8Array, start: number, last: boolean, into: number): number {
    const slots = this.#slots;
    for (let column = 0, from = start; ; column++) {
      const stop = bytes[from] === quote ? this.#closed(bytes, from, last) : this.#plain(bytes, from);
      if (stop < 0 || (stop === bytes.length && !last)) return -1;
      const broken = bytes[stop] !== comma;
      const end =
        broken && stop > from && bytes[from] !== quote && bytes[stop - 1] === carriageReturn
          ? stop - 1
          : stop;
      const slot = slots[column] ?? -1;
      if (slot >= 0) {
        this.#cells[into + 2 * slot] = from;
        this.#cells[into + 2 * slot + 1] = end;
      }
      from = stop + 1;
      if (!broken) continue;
      this.#requireWidth(column + 1);
      this.#next = Math.min(bytes[stop] === carriageReturn ? stop + 2 : stop + 1, bytes.length);
      return end;
    }
  }

  /** The end of a cell without quotes. */
  #plain(bytes: Uint8Array, from: number): number {
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte === comma || byte === lineFeed) return i;
      if (byte === quote) throw this.#wrong('has a quote inside a cell that does not begin with one');
    }
    return bytes.length;
  }

  /** What follows the closing quote of the cell; -1: it is not closed in these bytes. */
  #closed(bytes: Uint8Array, from: number, last: boolean): number {
    let at = from + 1;
    for (;;) {
      at = bytes.indexOf(quote, at);
      if (at < 0 && last) throw this.#wrong('has a quote that is not closed');
      if (at < 0) return -1;
      if (bytes[at + 1] !== quote) break;
      at += 2;
    }
    const [after, next] = [bytes[at + 1], bytes[at + 2]];
    if (at + 1 === bytes.length || after === comma || after === lineFeed) return at + 1;
    if (after !== carriageReturn || (next !== lineFeed && next !== undefined))
      throw this.#wrong('goes on behind a closing quote');
    return next === undefined && !last ? -1 : at + 1;
  }

  #requireWidth(width: number): void {
    if (this.width === undefined || width === this.width) return;
    throw this.#wrong(`has ${width} cells, the first line ${this.width}`);
  }

  #wrong(how: string): Error {
    return badArgument(
      `${this.file}: row ${this.#row + 1} ${how}`,
      'give a CSV file with commas, double quotes, and equally many cells in each line',
    );
  }
}

const skipEmptyLines = (bytes: Uint8Array, from: number): number => {
  let at = from;
  for (;;) {
    if (bytes[at] === lineFeed) at++;
    else if (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed) at += 2;
    else return at;
  }
};
