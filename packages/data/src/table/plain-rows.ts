/** Rows of plain numbers, and of texts without quotes, read by a kernel. */
import { allocate, memory, release } from '@triad/ring';
import { kernels } from '../kernel.js';
import { batchRows, type Encoder } from './table.js';

/** Powers of ten up to the digits that a double has exactly. */
const powerCount = 16;
const [nowhere, isText] = [-1, -2];

/** What the kernel has read; valid until something is allocated. */
export interface PlainRows {
  readonly rows: number;
  /** Their numbers; in the places of categories there is anything. */
  readonly values: Float64Array;
  /** Of each category of each row the addresses of its text and of the end of that. */
  readonly texts: Uint32Array;
  /** Where the next row begins. */
  readonly rest: number;
}

/** One block of the kernels' memory, in parts of whole words. */
class Block {
  readonly #ptr: number;
  #end = 0;

  constructor(private readonly bytes: number) {
    this.#ptr = allocate(bytes);
  }

  /** The address of the next part. */
  part(bytes: number): number {
    const start = this.#ptr + this.#end;
    this.#end += Math.ceil(bytes / 8) * 8;
    return start;
  }

  dispose(): void {
    release(this.#ptr, this.bytes);
  }
}

export class PlainReader {
  readonly #block: Block;
  readonly #places: number;
  readonly #scales: number;
  readonly #powers: number;
  readonly #rest: number;
  readonly #texts: number;
  readonly #values: number;
  /** Of a row. */
  readonly #textCount: number;

  /** Encoders by column of the file, undefined for those that are not wanted, and numbers of a row. */
  constructor(
    private readonly encoders: readonly (Encoder | undefined)[],
    private readonly width: number,
  ) {
    const columns = encoders.length;
    this.#textCount = encoders.filter((encoder) => encoder?.values !== undefined).length;
    const rows = batchRows(width);
    const rowBytes = 8 * (this.#textCount + width);
    this.#block = new Block(8 * (2 * columns + powerCount + 2) + rows * rowBytes);
    this.#places = this.#block.part(4 * columns);
    this.#scales = this.#block.part(8 * columns);
    this.#powers = this.#block.part(8 * powerCount);
    this.#rest = this.#block.part(4);
    this.#texts = this.#block.part(8 * rows * this.#textCount);
    this.#values = this.#block.part(8 * rows * width);
    this.#fill();
  }

  /** Reads up to `most` whole rows of the bytes between two addresses. */
  read(start: number, end: number, most: number): PlainRows {
    const rows = kernels().numberRows(
      start,
      end,
      this.#values,
      this.encoders.length,
      this.#places,
      this.#scales,
      this.#powers,
      this.#texts,
      this.width,
      most,
      this.#rest,
    );
    const { buffer } = memory.u8();
    return {
      rows,
      values: new Float64Array(buffer, this.#values, rows * this.width),
      texts: new Uint32Array(buffer, this.#texts, 2 * rows * this.#textCount),
      rest: new DataView(buffer).getUint32(this.#rest, true),
    };
  }

  dispose(): void {
    this.#block.dispose();
  }

  #fill(): void {
    const view = new DataView(memory.u8().buffer);
    for (const [c, encoder] of this.encoders.entries()) {
      const place = encoder === undefined ? nowhere : encoder.values === undefined ? encoder.place : isText;
      view.setInt32(this.#places + 4 * c, place, true);
      view.setFloat64(this.#scales + 8 * c, encoder?.scale ?? 1, true);
    }
    for (let i = 0; i < powerCount; i++) view.setFloat64(this.#powers + 8 * i, 10 ** i, true);
  }
}
