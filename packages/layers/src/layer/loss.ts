import { misuse } from '../misuse.js';
import { minimum, mul, scale, sub } from '../op.js';
import type { Variable } from '../program.js';
import { formatShape, sameShape } from '../shape.js';
import { abs, relu, softplus } from './function.js';

export interface CostOptions {
  readonly input: Variable;
  readonly label: Variable;
}

const checkShapes = ({ input, label }: CostOptions): void => {
  if (sameShape(input.shape, label.shape)) return;
  throw misuse(
    `predictions of shape ${formatShape(input.shape)} and labels of shape ${formatShape(label.shape)} differ`,
    'reshape one of them',
  );
};

/** (input - label)^2, element by element. Both have the same shape. */
export const squareErrorCost = ({ input, label }: CostOptions): Variable => {
  checkShapes({ input, label });
  const error = sub(input, label);
  return mul(error, error);
};

/**
 * The cross entropy of sigmoid(input) against labels in [0, 1], log(1 + e^input) - input * label, element by element:
 * input are logits, and no probability is ever divided by or taken the logarithm of.
 */
export const sigmoidCrossEntropyWithLogits = ({ input, label }: CostOptions): Variable => {
  checkShapes({ input, label });
  return sub(softplus(input), mul(input, label));
};

/** max(0, 1 - (2 label - 1) * input) for labels 0 and 1, element by element. */
export const hingeLoss = ({ input, label }: CostOptions): Variable => {
  checkShapes({ input, label });
  return relu(sub(1, mul(sub(scale(label, 2), 1), input)));
};

export interface HuberOptions extends CostOptions {
  /** Where the square ends and the line begins; default 1. */
  readonly delta?: number;
}

/** error^2 / 2 up to delta, then delta * (|error| - delta / 2) (Huber 1964), element by element. */
export const huberLoss = ({ input, label, delta = 1 }: HuberOptions): Variable => {
  checkShapes({ input, label });
  if (!(delta > 0)) throw misuse(`delta cannot be ${delta}`, 'use a number above 0');
  const size = abs(sub(input, label));
  const cut = minimum(size, delta);
  return mul(cut, sub(size, scale(cut, 0.5)));
};
