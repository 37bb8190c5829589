import { type CostOptions, squareErrorCost } from '../layer/loss.js';
import { moments } from '../layer/statistic.js';
import { division, mean, type RangeOptions, reshape, sub } from '../op.js';
import type { Variable } from '../program.js';

/** The mean of (input - label)^2: a secret number. */
export const meanSquaredError = (options: CostOptions): Variable => mean(squareErrorCost(options));

export interface R2Options extends CostOptions {
  /** What the variance of the labels is promised to be in; default: [2^-10, 2^16]. */
  readonly range?: RangeOptions;
}

/** The part of the labels' variance that predictions explain, 1 - mean squared error / variance: a secret number. */
export const r2 = ({ range, ...options }: R2Options): Variable => {
  const { variance } = moments(
    options.label,
    options.label.shape.map((_, axis) => axis),
  );
  return sub(1, division(meanSquaredError(options), reshape(variance, []), range));
};
