import type { NdArray } from '@triad/layers';
import {
  columnsOf,
  districtCount,
  type Houses,
  type Owner,
  type Part,
  pricesOf,
} from '../house-price/houses.js';
import { shuffled } from '../shuffle.js';

/** The districts each owner knows, by number and in an order of its own; neither knows them all. */
export const known: Readonly<Record<Owner, readonly number[]>> = {
  city: shuffled(districtCount, 11).slice(0, 460),
  agency: shuffled(districtCount, 12).slice(0, 450),
};

/** What owners call their districts. */
export const keysOf = (owner: Owner): string[] =>
  known[owner].map((number) => `district ${String(number).padStart(4, '0')}`);

/** A district that both know: the city's row, and the slot of the agency's. */
export interface Match {
  readonly row: number;
  readonly slot: number;
}

/** The city's matches, in an order that is the same in every run, so that a training can be repeated: by key, then publicly shuffled. */
export const inOrder = (rows: Uint32Array, slots: Uint32Array): Match[] => {
  const keys = keysOf('city');
  const byKey = [...rows]
    .map((row, i) => ({ row, slot: slots[i]! }))
    .sort((a, b) => (keys[a.row]! < keys[b.row]! ? -1 : 1));
  return shuffled(byKey.length, 13).map((i) => byKey[i]!);
};

/** How many of so many common districts are trained on; the others are held out. */
export const trainingRows = (count: number): number => Math.floor(count * 0.8);

/** The city's columns of its rows in this order, normalised over all districts that it knows. */
export const cityColumns = (rows: readonly number[]): NdArray =>
  columnsOf(
    'city',
    rows.map((row) => known.city[row]!),
    known.city,
  );

/** The agency's columns and prices of its rows in this order; it does not know which are common. */
export const agencyColumns = (rows: readonly number[]) => {
  const numbers = rows.map((row) => known.agency[row]!);
  return { agency: columnsOf('agency', numbers, known.agency), price: pricesOf(numbers) };
};

/** The common districts as somebody would have them who sees everything: for comparison. */
export const joined = (): Readonly<Record<Part, Houses>> => {
  const theirs = new Map(keysOf('agency').map((key, row) => [key, row]));
  const keys = keysOf('city');
  const rows = Uint32Array.from(keys.keys()).filter((row) => theirs.has(keys[row]!));
  const matches = inOrder(
    rows,
    rows.map((row) => theirs.get(keys[row]!)!),
  );
  const city = cityColumns(matches.map(({ row }) => row));
  const all = { city, ...agencyColumns(matches.map(({ slot }) => slot)) };
  const end = matches.length;
  const part = (from: number, to: number): Houses => ({
    city: all.city.rows(from, to),
    agency: all.agency.rows(from, to),
    price: all.price.rows(from, to),
  });
  return { train: part(0, trainingRows(end)), heldOut: part(trainingRows(end), end) };
};
