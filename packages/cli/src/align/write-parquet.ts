import type { FileHandle } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import type { KeyValue, SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { storedSchema } from './parquet-table.js';
import type { RowOrder } from './row-order.js';
import { Spill } from './spill.js';

/** Values of one column in rows that follow each other, from `row` on. */
export interface ColumnPiece {
  readonly column: number;
  readonly row: number;
  readonly values: ArrayLike<unknown>;
}

/** What a Parquet file is to hold. */
export interface ParquetForm {
  /** Elements of the schema, the root first. */
  readonly schema: readonly SchemaElement[];
  /** Names of its columns. */
  readonly columns: readonly string[];
  /** What it says of itself. */
  readonly properties?: readonly KeyValue[];
}

export interface ParquetTarget {
  readonly file: FileHandle;
  /** Where rows may wait that do not fit into memory. */
  readonly spill: string;
  /** Rows that are stored together; default 131072. */
  readonly groupRows?: number;
}

/** Rows of a column that go into one group: where, and what. */
interface Piece {
  readonly column: number;
  readonly places: Uint32Array;
  readonly values: readonly unknown[];
}

/**
 * Writes wanted rows in their order; how many there were. Values go to the group of rows they belong to, group by group is put in
 * order and written: memory is bounded however many there are.
 */
export const writeParquetRows = async (
  pieces: AsyncIterable<ColumnPiece>,
  order: RowOrder,
  form: ParquetForm,
  { file, spill: path, groupRows = 2 ** 17 }: ParquetTarget,
): Promise<number> => {
  const groups = Math.ceil(order.size / groupRows);
  const spill = new Spill(path, groups);
  const output = new ParquetOutput(file, form);
  try {
    const found = await divide(pieces, order, spill, groupRows);
    for (let group = 0; group < groups; group++) {
      const rows = Math.min(groupRows, order.size - group * groupRows);
      const columns = form.columns.map(() => new Array<unknown>(rows).fill(null));
      for (const segment of await spill.take(group)) place(columns, group * groupRows, segment);
      await output.group(columns);
    }
    await output.finish();
    return found;
  } finally {
    await spill.close();
  }
};

const divide = async (
  pieces: AsyncIterable<ColumnPiece>,
  order: RowOrder,
  spill: Spill,
  groupRows: number,
): Promise<number> => {
  let found = 0;
  for await (const { column, row, values } of pieces) {
    if (row >= order.span) break;
    const byGroup = new Map<number, { places: number[]; values: unknown[] }>();
    for (let i = 0; i < values.length; i++) {
      const place = order.place(row + i);
      if (place < 0) continue;
      if (column === 0) found++;
      const group = Math.floor(place / groupRows);
      const piece = byGroup.get(group) ?? { places: [], values: [] };
      piece.places.push(place);
      piece.values.push(values[i]);
      byGroup.set(group, piece);
    }
    for (const [group, { places, values }] of byGroup) {
      const piece: Piece = { column, places: Uint32Array.from(places), values };
      await spill.append(group, serialize(piece));
    }
  }
  return found;
};

const place = (columns: readonly unknown[][], first: number, segment: Uint8Array): void => {
  const { column, places, values } = deserialize(segment) as Piece;
  const into = columns[column]!;
  for (let i = 0; i < places.length; i++) into[places[i]! - first] = values[i];
};

/** Writes groups of rows of stored values. */
class ParquetOutput {
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;

  constructor(
    readonly file: FileHandle,
    readonly form: ParquetForm,
  ) {
    // The writer would put the least and greatest value of a column in an order that depends on what the values mean.
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: storedSchema(form.schema),
      statistics: false,
      createdBy: 'triad',
      ...(form.properties && { kvMetadata: [...form.properties] }),
    });
  }

  async group(columns: readonly unknown[][]): Promise<void> {
    const columnData = this.form.columns.map((name, i) => ({ name, data: columns[i]! }));
    await this.#writer.write({ columnData, rowGroupSize: columns[0]!.length });
    await this.#flush();
  }

  async finish(): Promise<void> {
    this.#writer.schema = [...this.form.schema];
    await this.#writer.finish();
    await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.file.writeFile(this.#bytes.getBytes());
    this.#bytes.index = 0;
  }
}
