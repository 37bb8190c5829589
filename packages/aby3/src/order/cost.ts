import type { Cost } from '@triad/protocol';
import { belowCost } from '../comparison/below.js';
import { groupSize, groupsOf } from './column.js';

const none: Cost = { rounds: 0, bytes: [0, 0, 0] };

const product = (n: number): Cost => ({ rounds: 1, bytes: [8 * n, 8 * n, 8 * n] });

const together = (rounds: (costs: readonly number[]) => number, costs: readonly Cost[]): Cost => ({
  rounds: rounds(costs.map((cost) => cost.rounds)),
  bytes: none.bytes.map((_, party) => costs.reduce((sum, { bytes }) => sum + bytes[party]!, 0)),
});

/** One after the other. */
const chain = (...costs: readonly Cost[]): Cost =>
  together((rounds) => rounds.reduce((a, b) => a + b, 0), costs);

/** At the same time. */
const beside = (costs: readonly Cost[]): Cost => together((rounds) => Math.max(0, ...rounds), costs);

/** All pairs of n values in each of m columns, of which `kept` numbers a column remain. */
const duels = (n: number, m: number, kept = (n * (n - 1)) / 2): Cost =>
  n === 1 ? none : belowCost(((n * (n - 1)) / 2) * m, 1, kept * m);

/** A tree of products of `count` factors, the last of which has `last` elements, the others `size`. */
const tree = (count: number, size: number, last: number): Cost =>
  count < 2 ? none : { ...product((count - 2) * size + last), rounds: Math.ceil(Math.log2(count)) };

const largest = (n: number, m: number): Cost => chain(duels(n, m), tree(n, n * m, m));

const winners = (n: number, m: number): Cost => chain(duels(n, m), tree(n - 1, n * m, n * m));

const groupCount = (n: number): number => groupsOf(n).reduce((sum, { count }) => sum + count, 0);

const reduceMax = (m: number, n: number): Cost => {
  if (n === 1) return none;
  const level = beside(groupsOf(n).map(({ size, count }) => largest(size, count * m)));
  return chain(level, reduceMax(m, groupCount(n)));
};

const argmax = (m: number, n: number): Cost => {
  if (n <= groupSize) return winners(n, m);
  const level = beside(
    groupsOf(n).map(({ size, count }) => chain(winners(size, count * m), product(count * m))),
  );
  return chain(level, argmax(m, groupCount(n)), product(n * m));
};

/**
 * What each call costs: of n elements (those of a result), or of m lists of n values along the last axis. Rounds of more than 16
 * values are an upper bound: parties can be one ahead where a level follows another.
 */
export const orderCost = {
  /** `lt`, `le`, `gt`, `ge`. */
  compare: (n: number): Cost => belowCost(n, 1, n),
  /** `eq`, `ne`. */
  equal: (n: number): Cost => belowCost(n, 2, n),
  select: product,
  /** `minimum`, `maximum`, `relu`. */
  extreme: (n: number): Cost => chain(belowCost(n, 1, n), product(n)),
  reduceMax,
  argmax,
  rank: (m: number, n: number): Cost => duels(n, m, n),
  topK: (m: number, n: number, k: number): Cost => {
    const costs = [duels(n, m, n), belowCost(m * n, k, m * k * n), product(m * k)];
    const { rounds, bytes } = chain(...costs);
    // Party 0 deals the second comparison while the first is opened.
    return { rounds: n === 1 ? rounds : rounds - 1, bytes };
  },
} as const;
