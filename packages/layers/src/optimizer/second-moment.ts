import { rsqrt } from '../layer/function.js';
import { misuse } from '../misuse.js';
import { add, type FunctionOptions } from '../op.js';
import type { Variable } from '../program.js';
import { checkAbove } from './optimizer.js';

/** Promises about gradients, for optimizers that divide by their size. */
export interface SecondMomentOptions {
  /**
   * Updates are divided by sqrt(moment + epsilon^2): gradients far smaller than this count as small. Default 2^-12.
   */
  readonly epsilon?: number;
  /** No element of a gradient is larger; at most 2^16 epsilon. Default 4. */
  readonly largest?: number;
}

/**
 * Squares of gradients in 16 bits of fraction: gradients are multiplied by a power of two that puts epsilon into
 * [2^-5, 2^-4), so that epsilon^2 is at least 64 units, and squares up to (largest / epsilon)^2 times that have room.
 */
export class SecondMoment {
  /** What gradients are multiplied by. */
  readonly scale: number;
  readonly #floor: number;
  readonly #root: FunctionOptions;

  constructor({ epsilon = 2 ** -12, largest = 4 }: SecondMomentOptions) {
    checkAbove('epsilon', epsilon);
    checkAbove('largest gradient', largest);
    if (!(epsilon <= largest && largest <= epsilon * 2 ** 16)) {
      throw misuse(
        `gradients from ${epsilon} to ${largest} have no room in fixed point`,
        'make the largest at most 2^16 epsilon',
      );
    }
    this.scale = 2 ** (-5 - Math.floor(Math.log2(epsilon)));
    this.#floor = (this.scale * epsilon) ** 2;
    const high = Math.min(2 ** 24, 2 * (this.scale * largest) ** 2);
    this.#root = { low: this.#floor / 2, high, tolerance: 2 ** -11 };
  }

  /** 1 / sqrt(moment + epsilon^2), of a moment of scaled gradients; right to 2^-11, which is enough for the length of a step. */
  inverseRoot(moment: Variable): Variable {
    return rsqrt(add(moment, this.#floor), this.#root);
  }
}
