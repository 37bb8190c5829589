import { badArgument } from '../bad-argument.js';

const none = 2 ** 32 - 1;

/** Which rows of a file are wanted, and in which order. */
export class RowOrder {
  /** By row: its place in the order. */
  readonly #places: Uint32Array;
  readonly size: number;

  /** Rows that differ from each other, in the order wanted. */
  constructor(rows: Uint32Array) {
    this.size = rows.length;
    this.#places = new Uint32Array(rows.reduce((most, row) => Math.max(most, row + 1), 0)).fill(none);
    for (let place = 0; place < rows.length; place++) this.#places[rows[place]!] = place;
  }

  /** Rows up to the last wanted one. */
  get span(): number {
    return this.#places.length;
  }

  /** Where a row goes; -1: it is not wanted. */
  place(row: number): number {
    const place = row < this.#places.length ? this.#places[row]! : none;
    return place === none ? -1 : place;
  }

  /** Throws unless all wanted rows were found. */
  requireAll(file: string, found: number): void {
    if (found === this.size) return;
    throw badArgument(
      `${file} has ${found} of ${this.size} wanted rows`,
      'leave the file as it is until its rows are written',
    );
  }
}
