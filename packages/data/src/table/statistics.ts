/** Statistics of a table's columns, for normalisation over the rows of several owners: the rows that `layers.learnNormalization` takes. */
import { layers } from '@triad/layers';
import { badArgument } from '../bad-argument.js';
import { numberSchema } from './schema.js';
import type { Table } from './table.js';

/** A table that is looked at while it is read. */
export interface Observed extends Table {
  /** Its statistics, as a table of five rows with the same columns. Throws `bad-argument` before all of it was read, or for columns out of range. */
  statistics(): Table;
}

/** What the statistics of an owner are computed with. */
const bound = 2 ** 15;
/** Numbers of rows are told in these units. */
const rowUnit = 1024;

/** Reads as the table does. */
export const observed = (table: Table): Observed => {
  const columns = table.columns.map(() => new Moments());
  let over = false;
  return {
    ...table,
    batches: async function* () {
      for await (const batch of table.batches()) {
        for (const [j, column] of columns.entries()) column.add(batch, j, columns.length);
        yield batch;
      }
      over = true;
    },
    statistics: () => {
      if (!over) throw badArgument('the table was not read to its end', 'read it before');
      for (const [j, column] of columns.entries()) checkRange(table.columns[j]!, column);
      return tableOf(table.columns, columns);
    },
  };
};

const checkRange = (name: string, { min, max }: Moments): void => {
  if (min > -bound && max < bound) return;
  throw badArgument(
    `column '${name}' has values of 2^15 or more in magnitude, too many for statistics`,
    'give it a `scale` in the schema, such as 0.001',
  );
};

/** One batch of five rows. */
const tableOf = (names: readonly string[], columns: readonly Moments[]): Table => ({
  schema: numberSchema(names),
  columns: names,
  batches: async function* () {
    yield Float64Array.from(layers.statisticRows.flatMap((row) => columns.map((column) => column[row])));
  },
});

/** Of one column, batch by batch (Chan, Golub and LeVeque, 1983). */
class Moments {
  #count = 0;
  #mean = 0;
  /** The sum of squared distances from the mean. */
  #squares = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;

  /** In units of 1024. */
  get rows(): number {
    return this.#count / rowUnit;
  }

  get mean(): number {
    return this.#mean;
  }

  get deviation(): number {
    return Math.sqrt(this.#squares / this.#count);
  }

  /** Takes in column `j` of rows of so many columns. */
  add(batch: Float64Array, j: number, width: number): void {
    const count = batch.length / width;
    let sum = 0;
    for (let at = j; at < batch.length; at += width) {
      const value = batch[at]!;
      sum += value;
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
    }
    const mean = sum / count;
    let squares = 0;
    for (let at = j; at < batch.length; at += width) squares += (batch[at]! - mean) ** 2;
    this.#merge(count, mean, squares);
  }

  #merge(count: number, mean: number, squares: number): void {
    const total = this.#count + count;
    const distance = mean - this.#mean;
    this.#squares += squares + (distance ** 2 * this.#count * count) / total;
    this.#mean += (distance * count) / total;
    this.#count = total;
  }
}
