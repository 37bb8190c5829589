import { misuse } from '../misuse.js';
import { add, concat, constantIn, less, mul, reshape, slice, sub, sum } from '../op.js';
import type { Variable } from '../program.js';
import { formatShape } from '../shape.js';
import { projection } from './projection.js';

/** So many values are compared pair by pair, more in groups first. */
const groupSize = 16;

/**
 * The largest value along the last axis, which keeps length 1. Up to 16 values: 5 rounds and one for each doubling. Its gradient
 * goes to the first of the largest.
 */
export const reduceMax = (x: Variable): Variable => {
  const length = lastLength(x);
  if (length === 1) return x;
  if (length > groupSize) return reduceMax(joined(groups(x).map(reduceMax)));
  const candidates = reshape(x, [...x.shape, 1]);
  const survivors = reshape(product(contests(x), candidates), x.shape);
  return sum(survivors, { axes: [x.shape.length - 1], keepDims: true });
};

/** The smallest value along the last axis, which keeps length 1. */
export const reduceMin = (x: Variable): Variable => sub(0, reduceMax(sub(0, x)));

/** 1 at the largest value along the last axis, the first of equal ones, else 0. */
export const argmax = (x: Variable): Variable => {
  const length = lastLength(x);
  if (length === 1) return sub(1, less(x, x));
  if (length <= groupSize) return reshape(product(contests(x)), x.shape);
  const parts = groups(x);
  const best = argmax(joined(parts.map(reduceMax)));
  return joined(parts.map((part, i) => mul(argmax(part), between(best, i, i + 1))));
};

export interface TopK {
  /** The largest values in falling order: [..., k]. */
  readonly values: Variable;
  /** Per value 1 where it stands along the last axis of x, else 0: [..., k, n]. */
  readonly places: Variable;
}

/** The k largest values along the last axis: each counts how many are before it. 11 rounds, n^2 / 2 comparisons. */
export const topK = (x: Variable, k: number): TopK => {
  const length = lastLength(x);
  if (!(Number.isInteger(k) && k > 0 && k <= length))
    throw misuse(`there are no ${k} largest of ${length} values`, `use a whole number from 1 to ${length}`);
  const outer = x.shape.slice(0, -1);
  const wins = length === 1 ? sub(x, x) : sum(contests(x), { axes: [x.shape.length] });
  const rank = reshape(sub(length - 1, wins), [...outer, 1, length]);
  const limits = Array.from({ length: k }, (_, r) => r - 0.5);
  const from = less(constantIn(x.program, limits, [k, 1]), rank);
  const after = less(
    constantIn(
      x.program,
      limits.map((r) => r + 1),
      [k, 1],
    ),
    rank,
  );
  const places = sub(from, after);
  const values = sum(mul(places, reshape(x, [...outer, 1, length])), { axes: [x.shape.length] });
  return { values, places };
};

const lastLength = ({ name, shape }: Variable): number => {
  const length = shape.at(-1);
  if (length != null && shape.length > 1) return length;
  throw misuse(
    `'${name}' of shape ${formatShape(shape)} has no last axis to compare along`,
    'give it [batch, ..., n]',
  );
};

const joined = (parts: readonly Variable[]): Variable =>
  concat(parts as [Variable, ...Variable[]], parts[0]!.shape.length - 1);

/** The last axis from start to end. */
const between = (x: Variable, start: number, end: number): Variable => {
  const outer = x.shape.slice(0, -1);
  return slice(x, [...outer.map(() => 0), start], [...outer.map(() => null), end]);
};

const groups = (x: Variable): Variable[] => {
  const length = lastLength(x);
  const count = Math.ceil(length / groupSize);
  return Array.from({ length: count }, (_, i) =>
    between(x, Math.floor((i * length) / count), Math.floor(((i + 1) * length) / count)),
  );
};

/** Whether each value is before each other one: [..., n, n - 1]. Of equal values, the first is before the second. */
const contests = (x: Variable): Variable => {
  const n = lastLength(x);
  const pairs = Array.from({ length: n }, (_, i) =>
    Array.from({ length: n - 1 - i }, (_, j) => [i, i + 1 + j] as const),
  ).flat();
  const differences = matrix(x, n, pairs.length, (k, p) => sign(k, pairs[p]!));
  const later = less(projection(x, differences), 0);
  const duels = Array.from({ length: n }, (_, k) =>
    Array.from({ length: n - 1 }, (_, i) => [k, i < k ? i : i + 1] as const),
  ).flat();
  const wins = matrix(x, pairs.length, duels.length, (p, d) => outcome(pairs[p]!, duels[d]!));
  const first = duels.map(([k, other]) => (k < other ? 1 : 0));
  const all = add(projection(later, wins), constantIn(x.program, first, [duels.length]));
  return reshape(all, [...x.shape, n - 1]);
};

type Pair = readonly [first: number, second: number];

/** How value k counts in the difference of a pair. */
const sign = (k: number, [first, second]: Pair): number => (k === first ? 1 : k === second ? -1 : 0);

/** How [first of the pair < second] counts in whether `self` is before `other`. */
const outcome = ([first, second]: Pair, [self, other]: Pair): number => {
  if (first === other && second === self) return 1;
  return first === self && second === other ? -1 : 0;
};

const matrix = (
  x: Variable,
  rows: number,
  columns: number,
  at: (row: number, column: number) => number,
): Variable =>
  constantIn(
    x.program,
    Array.from({ length: rows * columns }, (_, i) => at(Math.floor(i / columns), i % columns)),
    [rows, columns],
  );

/** The product of bits along the last axis, which keeps length 1, and of a last factor if there is one: a tree. */
const product = (bits: Variable, factor?: Variable): Variable => {
  const count = lastLength(bits);
  const half = count >> 1;
  const rest = count % 2 === 0 ? undefined : between(bits, count - 1, count);
  const carried = rest === undefined ? factor : factor === undefined ? rest : mul(rest, factor);
  if (half === 0) return carried!;
  const halves = mul(between(bits, 0, half), between(bits, half, 2 * half));
  if (carried !== undefined && factor === undefined) return product(joined([halves, carried]));
  return half === 1 && carried === undefined ? halves : product(halves, carried);
};
