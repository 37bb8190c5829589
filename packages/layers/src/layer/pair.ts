import { misuse } from '../misuse.js';

/** A number for height and width, or one for each. */
export type Pair = number | readonly [height: number, width: number];

/** Both numbers, whole and at least `least`. */
export const pairOf = (what: string, value: Pair, least: number): readonly [number, number] => {
  const pair = typeof value === 'number' ? ([value, value] as const) : value;
  if (pair.length === 2 && pair.every((n) => Number.isSafeInteger(n) && n >= least)) return pair;
  throw misuse(`${what} cannot be ${JSON.stringify(value)}`, `use whole numbers from ${least}`);
};
