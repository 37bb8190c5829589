import { mul, scale, scheduled, sub } from '../op.js';
import type { Variable } from '../program.js';
import { type Schedule, scheduleBound } from '../schedule.js';
import { checkShare, decayingSum, Optimizer, type OptimizerOptions } from './optimizer.js';
import { SecondMoment, type SecondMomentOptions } from './second-moment.js';

export interface AdamOptions extends OptimizerOptions, SecondMomentOptions {
  /** What is left of the first moment after a step; default 0.9. */
  readonly beta1?: number;
  /** What is left of the second moment after a step; default 0.999. */
  readonly beta2?: number;
}

/** A factor as fixed point has it, so that the correction of a moment is that of its real decay. */
const rounded = (beta: number): number => Math.round(beta * 2 ** 16) / 2 ** 16;

/** (1 - beta) / (1 - beta^t): what turns a sum that decays by beta into an average of t terms. */
const average = (beta: number): readonly Schedule[] => [
  { kind: 'constant', value: 1 - beta },
  { kind: 'bias', beta, power: -1 },
];

/** The power of two below the largest learning rate: means are multiplied by the rest, and lose no digits. */
const unitOf = (rate: Schedule): number => 2 ** Math.floor(Math.log2(scheduleBound(rate)));

/**
 * Adam (Kingma and Ba, ICLR 2015, algorithm 1): w becomes w - learningRate * m / sqrt(v + epsilon^2), m and v being
 * bias-corrected moments of the gradient. Epsilon is under the root. Moments are kept as decaying sums, not averages,
 * of scaled gradients: the first squares of small gradients would round to nothing as averages.
 */
export class Adam extends Optimizer {
  readonly #beta1: number;
  readonly #beta2: number;
  readonly #second: SecondMoment;

  constructor({ beta1 = 0.9, beta2 = 0.999, ...options }: AdamOptions) {
    super(options);
    checkShare('beta1', beta1);
    checkShare('beta2', beta2);
    this.#beta1 = rounded(beta1);
    this.#beta2 = rounded(beta2);
    this.#second = new SecondMoment(options);
  }

  protected override update(w: Variable, gradient: Variable): Variable {
    const scaled = scale(gradient, this.#second.scale / this.lossScale);
    const first = decayingSum(w, 'moment_1', this.#beta1, scaled);
    const second = decayingSum(w, 'moment_2', this.#beta2, mul(scaled, scaled));
    const variance = scheduled(second, { kind: 'product', factors: average(this.#beta2) });
    const unit = unitOf(this.rate);
    const factors = [this.rate, { kind: 'constant', value: 1 / unit }, ...average(this.#beta1)] as const;
    const mean = scheduled(first, { kind: 'product', factors });
    return sub(w, scale(mul(mean, this.#second.inverseRoot(variance)), unit));
  }
}

/** Adam whose weight decay is no part of the gradient (Loshchilov and Hutter, ICLR 2019): w also loses learningRate * weightDecay * w. */
export class AdamW extends Adam {
  readonly #decay: number;

  constructor({ weightDecay = 0.01, ...options }: AdamOptions) {
    super(options);
    checkShare('weight decay', weightDecay);
    this.#decay = weightDecay;
  }

  protected override update(w: Variable, gradient: Variable): Variable {
    const moved = super.update(w, gradient);
    return this.#decay === 0 ? moved : sub(moved, this.byRate(w, this.#decay));
  }
}
