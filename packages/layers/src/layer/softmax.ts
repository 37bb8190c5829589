import { misuse } from '../misuse.js';
import { detach, mul, sub, sum, withSlope } from '../op.js';
import type { Variable } from '../program.js';
import { formatShape, sameShape } from '../shape.js';
import { reduceMax } from './extremum.js';
import { exp, log, reciprocal } from './function.js';
import type { CostOptions } from './loss.js';

/** e^(x - max), and what it comes from: along the last axis, [..., n] and [..., 1]. */
const exponentials = (x: Variable) => {
  const shifted = sub(x, detach(reduceMax(x)));
  const powers = exp(shifted, { high: 0 });
  const total = sum(powers, { axes: [x.shape.length - 1], keepDims: true });
  return { shifted, powers, total, range: { low: 1, high: Math.max(2, x.shape.at(-1)!) } };
};

/** e^x over its sum along the last axis. The largest value is taken off first, so that no logit is too large. */
export const softmax = (x: Variable): Variable => {
  const { powers, total, range } = exponentials(x);
  return mul(powers, reciprocal(total, range));
};

/**
 * The cross entropy of softmax(input) against labels that add up to 1 along the last axis, such as one-hot rows: log(sum e^x) -
 * sum(label * x), [..., 1]. Its gradient is softmax(input) - label; the logarithm is computed only where the loss is used.
 */
export const softmaxCrossEntropyWithLogits = ({ input, label }: CostOptions): Variable => {
  if (!sameShape(input.shape, label.shape)) {
    throw misuse(
      `logits of shape ${formatShape(input.shape)} and labels of shape ${formatShape(label.shape)} differ`,
      'give labels as rows that add up to 1, such as one-hot',
    );
  }
  const logits = detach(input);
  const { shifted, powers, total, range } = exponentials(logits);
  const matched = sum(mul(label, shifted), { axes: [input.shape.length - 1], keepDims: true });
  const slope = sub(mul(powers, reciprocal(total, range)), label);
  return withSlope(sub(log(total, range), matched), input, slope);
};
