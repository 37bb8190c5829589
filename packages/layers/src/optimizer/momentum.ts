import { add, scale, sub } from '../op.js';
import type { Variable } from '../program.js';
import { checkShare, decayingSum, Optimizer, type OptimizerOptions } from './optimizer.js';

export interface MomentumOptions extends OptimizerOptions {
  /** What is left of the velocity after a step; default 0.9. */
  readonly momentum?: number;
  /** Looks ahead by one velocity. Default: false. */
  readonly useNesterov?: boolean;
}

/**
 * velocity = momentum * velocity + gradient; w becomes w - learningRate * velocity, or with Nesterov's method
 * w - learningRate * (gradient + momentum * velocity). The velocity is kept times the loss scale.
 */
export class Momentum extends Optimizer {
  readonly #momentum: number;
  readonly #useNesterov: boolean;

  constructor({ momentum = 0.9, useNesterov = false, ...options }: MomentumOptions) {
    super(options);
    checkShare('momentum', momentum);
    this.#momentum = momentum;
    this.#useNesterov = useNesterov;
  }

  protected override update(w: Variable, gradient: Variable): Variable {
    const velocity = decayingSum(w, 'velocity', this.#momentum, gradient);
    const direction = this.#useNesterov ? add(gradient, scale(velocity, this.#momentum)) : velocity;
    return sub(w, this.byRate(direction, 1 / this.lossScale));
  }
}
