import type { Op, Protocol } from '@triad/protocol';
import { type Bilinear, bilinear, linear, type Shape, Tensor } from '@triad/ring';
import { compared, joined, mapped, multiplied, plus } from './consume.js';
import { rowSums, type Terms } from './row.js';

/** Columns [n, m] are m lists of n values each; all that follows treats them alike. */

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** The pairs i < j of n values, row by row. */
const pairs = (n: number): (readonly [number, number])[] =>
  range(n).flatMap((i) => range(n - 1 - i).map((j) => [i, i + 1 + j] as const));

/** The place of a pair among all pairs. */
const pairAt = (i: number, j: number, n: number): number => i * n - (i * (i + 1)) / 2 + j - i - 1;

/** [i before j] is 1 - [x_i < x_j] for i < j, else [x_j < x_i]: of equal values, the first is before. */
const before = (i: number, j: number, n: number): Terms[number] =>
  i < j ? [pairAt(i, j, n), -1] : [pairAt(j, i, n), 1];

/** [x_i < x_j] of all pairs i < j, then a linear map: 5 rounds. */
const duels = async <S>(protocol: Protocol<S>, op: Op, x: S, sums?: readonly Terms[]): Promise<S> => {
  const [n, m] = protocol.shape(x) as [number, number];
  const all = pairs(n);
  const differences = protocol.linear(
    rowSums(
      all.map(([i, j]) => [
        [i, 1],
        [j, -1],
      ]),
    ),
    x,
  );
  const after = [linear.reshape([all.length, m]), ...(sums === undefined ? [] : [rowSums(sums)])];
  return compared(protocol, op, differences, { thresholds: [0n], after });
};

/** How many values of its column are before each: larger ones, and equal ones that come first. 5 rounds. */
export const ranks = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const n = protocol.shape(x)[0]!;
  if (n === 1) return protocol.linear(linear.scale(0n), x);
  const losses = range(n).map((i) => range(n).flatMap((j) => (i === j ? [] : [before(j, i, n)])));
  const counts = await duels(protocol, op, x, losses);
  return plus(protocol, counts, Tensor.from([n, 1], range(n)));
};

/** Whether each value is before each other one, [n - 1, n, m] for n of at least 2: row s of value i is about value i + s + 1 modulo n. */
const wins = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const [n, m] = protocol.shape(x) as [number, number];
  const later = await duels(protocol, op, x);
  const contests = range(n - 1).flatMap((s) => range(n).map((i) => [i, (i + s + 1) % n] as const));
  const signed = mapped(protocol, later, rowSums(contests.map(([i, j]) => [before(i, j, n)])));
  const first = contests.map(([i, j]) => Number(i < j));
  const bits = plus(protocol, signed, Tensor.from([contests.length, 1], first));
  return mapped(protocol, bits, linear.reshape([n - 1, n, m]));
};

/** Products of x [count, n, m] along the first axis, by halves; the last product is `last`. Takes over x. */
const productOf = async <S>(protocol: Protocol<S>, op: Op, x: S, last: Bilinear): Promise<S> => {
  let factors = x;
  for (let level = 0; ; level++) {
    const [count, n, m] = protocol.shape(factors) as [number, number, number];
    if (count === 1) return factors;
    const half = count >> 1;
    const part = (start: number, end: number) =>
      protocol.linear(linear.slice([start, 0, 0], [end, n, m]), factors);
    const rest = count % 2 === 0 ? [] : [part(2 * half, count)];
    const halves = [part(0, half), part(half, 2 * half)] as const;
    protocol.dispose(factors);
    const product = await multiplied(protocol, op.at(level), count === 2 ? last : bilinear.mul(), halves);
    factors = joined(protocol, [product, ...rest]);
  }
};

/** x y for columns y [n, m] and x [..., n, m], summed over each column: [..., 1, m]. */
export const sumOfProducts = (outer: Shape, [n, m]: readonly [number, number]): Bilinear =>
  bilinear.mul().adjointX([...outer, 1, m], [n, m]);

/** 1 at the first of the largest values of each column, else 0: 5 rounds and log2(n - 1), rounded up. */
export const winners = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const shape = protocol.shape(x);
  if (shape[0] === 1) return plus(protocol, protocol.linear(linear.scale(0n), x), Tensor.from([], [1n]));
  const bits = await wins(protocol, op.at(0), x);
  const marks = await productOf(protocol, op.at(1), bits, bilinear.mul());
  return mapped(protocol, marks, linear.reshape(shape));
};

/** The largest value of each column of at least 2, [1, m]: 5 rounds and log2(n), rounded up. */
export const largest = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const [n, m] = protocol.shape(x) as [number, number];
  const bits = await wins(protocol, op.at(0), x);
  const candidates = protocol.linear(linear.reshape([1, n, m]), x);
  const factors = joined(protocol, [bits, candidates]);
  // All candidates but one end as 0: they are added where the last product is made.
  const value = await productOf(protocol, op.at(1), factors, bilinear.mul().adjointX([1, 1, m], [1, n, m]));
  return mapped(protocol, value, linear.reshape([1, m]));
};
