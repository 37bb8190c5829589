import { concat, maximum, minimum, slice } from '../op.js';
import type { Variable } from '../program.js';

/** The largest or smallest along an axis, which stays with length 1, by a tree of comparisons. */
export const extremum = (x: Variable, axis: number, which: 'max' | 'min'): Variable => {
  const better = which === 'max' ? maximum : minimum;
  let values = x;
  for (let n = x.shape[axis]!; n > 1; n = Math.ceil(n / 2)) {
    const half = n >> 1;
    const winners = better(part(values, axis, 0, half), part(values, axis, half, 2 * half));
    values = n % 2 === 0 ? winners : concat([winners, part(values, axis, n - 1, n)], axis);
  }
  return values;
};

/** Elements from start up to, not including, end along an axis. */
export const part = (x: Variable, axis: number, start: number, end: number): Variable =>
  slice(
    x,
    x.shape.map((_, i) => (i === axis ? start : 0)),
    x.shape.map((_, i) => (i === axis ? end : null)),
  );
