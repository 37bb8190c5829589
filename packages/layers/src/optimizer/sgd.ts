import { sub } from '../op.js';
import type { Variable } from '../program.js';
import { Optimizer, type OptimizerOptions } from './optimizer.js';

export type SgdOptions = OptimizerOptions;

/** Stochastic gradient descent: w becomes w - learningRate * gradient. */
export class SGD extends Optimizer {
  protected override update(w: Variable, gradient: Variable): Variable {
    return sub(w, this.byRate(gradient, 1 / this.lossScale));
  }
}
