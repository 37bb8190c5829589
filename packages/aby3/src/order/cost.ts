import type { Cost } from '@triad/protocol';
import { belowCost } from '../comparison/below.js';

const product = (n: number): Cost => ({ rounds: 1, bytes: [8 * n, 8 * n, 8 * n] });

/** One after the other. */
const chain = (...costs: readonly Cost[]): Cost => ({
  rounds: costs.reduce((sum, { rounds }) => sum + rounds, 0),
  bytes: [0, 1, 2].map((party) => costs.reduce((sum, { bytes }) => sum + bytes[party]!, 0)),
});

/** Products of `count` bits each of n values, and of a last factor if there is one: a level, then those above it. */
const tree = (n: number, count: number, factor: boolean): Cost => {
  if (count === 0 || (count === 1 && !factor)) return none;
  const [half, odd] = [count >> 1, count % 2];
  const level = product(n * (factor ? half + odd : half));
  return chain(level, tree(n, factor ? half : half + odd, factor));
};

const none: Cost = { rounds: 0, bytes: [0, 0, 0] };

/** All pairs of each row. */
const contests = (rows: number, length: number): Cost => {
  const pairs = (rows * length * (length - 1)) / 2;
  return pairs === 0 ? none : belowCost(pairs, 1, pairs);
};

/** What each call costs, for n elements, or for rows of so many values along the last axis (at most 16). */
export const orderCost = {
  /** `lt`, `le`, `gt`, `ge`. */
  compare: (n: number): Cost => belowCost(n, 1, n),
  /** `eq`, `ne`. */
  equal: (n: number): Cost => belowCost(n, 2, n),
  select: product,
  /** `minimum`, `maximum`, `relu`. */
  extreme: (n: number): Cost => chain(belowCost(n, 1, n), product(n)),
  reduceMax: (rows: number, length: number): Cost =>
    chain(contests(rows, length), tree(rows * length, length - 1, true)),
  argmax: (rows: number, length: number): Cost =>
    chain(contests(rows, length), tree(rows * length, length - 1, false)),
  topK: (rows: number, length: number, k: number): Cost => {
    const places = rows * k * length;
    const { rounds, bytes } = chain(
      contests(rows, length),
      belowCost(rows * length, k + 1, places),
      product(places),
    );
    // Party 0 deals the second comparison while the first is opened.
    return { rounds: length === 1 ? rounds : rounds - 1, bytes };
  },
} as const;
