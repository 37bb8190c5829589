import { mul, scale, sub } from '../op.js';
import type { Variable } from '../program.js';
import { checkShare, decayingSum, Optimizer, type OptimizerOptions } from './optimizer.js';
import { SecondMoment, type SecondMomentOptions } from './second-moment.js';

export interface RmsPropOptions extends OptimizerOptions, SecondMomentOptions {
  /** What is left of the second moment after a step; default 0.95. */
  readonly rho?: number;
  /** What is left of the velocity after a step; default 0: none. */
  readonly momentum?: number;
}

/**
 * moment = rho * moment + (1 - rho) * gradient^2; w becomes w - learningRate * gradient / sqrt(moment + epsilon^2)
 * (Tieleman and Hinton 2012). With momentum velocity = momentum * velocity + gradient / sqrt(...) takes the quotient's place. The
 * moment is kept as a decaying sum, 1 / (1 - rho) times as large, of scaled gradients.
 */
export class RMSProp extends Optimizer {
  readonly #rho: number;
  readonly #momentum: number;
  readonly #second: SecondMoment;

  constructor({ rho = 0.95, momentum = 0, ...options }: RmsPropOptions) {
    super(options);
    checkShare('rho', rho);
    checkShare('momentum', momentum);
    this.#rho = rho;
    this.#momentum = momentum;
    this.#second = new SecondMoment(options);
  }

  protected override update(w: Variable, gradient: Variable): Variable {
    const scaled = scale(gradient, this.#second.scale / this.lossScale);
    const moment = decayingSum(w, 'moment', this.#rho, mul(scaled, scaled));
    const normed = mul(scaled, this.#second.inverseRoot(scale(moment, 1 - this.#rho)));
    const direction = this.#momentum === 0 ? normed : decayingSum(w, 'velocity', this.#momentum, normed);
    return sub(w, this.byRate(direction, 1));
  }
}
