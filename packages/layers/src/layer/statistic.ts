import { mul, scale, sub, sum } from '../op.js';
import type { Variable } from '../program.js';

/** The mean along some axes, which stay with length 1. */
export const meanAlong = (x: Variable, axes: readonly number[]): Variable => {
  const total = sum(x, { axes, keepDims: true });
  const lengthOf = (own: boolean) =>
    x.shape.reduce<number>((n, d, i) => (axes.includes(i) === own ? n * (d ?? 1) : n), 1);
  if (!axes.some((axis) => x.shape[axis] === null)) return scale(total, 1 / lengthOf(true));
  return total.program.append('scale', [total], { factor: lengthOf(false), over: x.node.id });
};

export interface Moments {
  readonly mean: Variable;
  /** x less its mean. */
  readonly centred: Variable;
  /** The mean of its square. */
  readonly variance: Variable;
}

/** Mean and variance along some axes, which stay with length 1. */
export const moments = (x: Variable, axes: readonly number[]): Moments => {
  const mean = meanAlong(x, axes);
  const centred = sub(x, mean);
  return { mean, centred, variance: meanAlong(mul(centred, centred), axes) };
};
