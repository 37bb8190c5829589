import { misuse } from '../misuse.js';
import { mul, sub } from '../op.js';
import type { Variable } from '../program.js';
import { formatShape, sameShape } from '../shape.js';

export interface CostOptions {
  readonly input: Variable;
  readonly label: Variable;
}

/** (input - label)^2, element by element. Both have the same shape. */
export const squareErrorCost = ({ input, label }: CostOptions): Variable => {
  if (!sameShape(input.shape, label.shape)) {
    throw misuse(
      `predictions of shape ${formatShape(input.shape)} and labels of shape ${formatShape(label.shape)} differ`,
      'reshape one of them',
    );
  }
  const error = sub(input, label);
  return mul(error, error);
};
