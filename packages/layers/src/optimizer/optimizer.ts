import { gradients } from '../gradient.js';
import { misuse } from '../misuse.js';
import { add, scale, scheduled } from '../op.js';
import { Variable } from '../program.js';
import type { Schedule } from '../schedule.js';

export interface OptimizerOptions {
  /** A public number, or one that changes from step to step: the same for everybody. */
  readonly learningRate: number | Schedule;
  /** Adds weightDecay * w to the gradient of every parameter w (the gradient of weightDecay / 2 * |w|^2). Default 0. */
  readonly weightDecay?: number;
  /**
   * The loss is multiplied by this before it is differentiated, and updates are divided by it, so that gradients far
   * below the 2^-16 of fixed point keep their digits. A power of two is exact. Default 1.
   */
  readonly lossScale?: number;
}

/** What all optimizers do: gradients of a scaled loss, and an update for every parameter. */
export abstract class Optimizer {
  readonly #learningRate: number | Schedule;
  readonly #weightDecay: number;
  protected readonly lossScale: number;

  constructor({ learningRate, weightDecay = 0, lossScale = 1 }: OptimizerOptions) {
    if (typeof learningRate === 'number') checkAbove('learning rate', learningRate);
    if (weightDecay !== 0) checkAbove('weight decay', weightDecay);
    checkAbove('loss scale', lossScale);
    this.#learningRate = learningRate;
    this.#weightDecay = weightDecay;
    this.lossScale = lossScale;
  }

  /** Adds the gradients of a loss and the updates of the parameters it depends on (or of the given ones). */
  minimize(loss: Variable, parameters: readonly Variable[] = reachable(loss)): void {
    if (parameters.length === 0)
      throw misuse(`'${loss.name}' depends on no parameter`, 'build the loss on a layer');
    const scaled = this.lossScale === 1 ? loss : scale(loss, this.lossScale);
    const found = gradients(scaled, parameters);
    for (const [i, w] of parameters.entries()) {
      const gradient = found[i]!;
      const decay = this.#weightDecay * this.lossScale;
      assign(w, this.update(w, decay === 0 ? gradient : add(gradient, scale(w, decay))));
    }
  }

  /** What a parameter becomes. The gradient is lossScale times that of the loss. */
  protected abstract update(w: Variable, gradient: Variable): Variable;

  /** The learning rate as a schedule. */
  protected get rate(): Schedule {
    const rate = this.#learningRate;
    return typeof rate === 'number' ? { kind: 'constant', value: rate } : rate;
  }

  /** Times the learning rate and a public number. */
  protected byRate(x: Variable, factor: number): Variable {
    const rate = this.#learningRate;
    if (typeof rate === 'number') return scale(x, rate * factor);
    return scheduled(x, { kind: 'product', factors: [rate, { kind: 'constant', value: factor }] });
  }
}

/** What an optimizer remembers of a parameter from step to step, `name` in its shape, from zero. */
const stateOf = (w: Variable, name: string): Variable => {
  const shape = w.shape as readonly number[];
  const attributes = {
    name: `${w.name}.${name}`,
    shape,
    initializer: { kind: 'constant', value: 0 },
  } as const;
  return w.program.append('parameter', [], attributes);
};

/** A sum over all steps that decays by a factor in each: what it is after this step, which is remembered. */
export const decayingSum = (w: Variable, name: string, factor: number, addend: Variable): Variable => {
  const before = stateOf(w, name);
  const now = add(scale(before, factor), addend);
  w.program.append('assign', [before, now], {});
  return now;
};

const assign = (target: Variable, value: Variable): void => {
  target.program.append('assign', [target, value], {});
};

export const checkAbove = (what: string, value: number): void => {
  if (Number.isFinite(value) && value > 0) return;
  throw misuse(`the ${what} cannot be ${value}`, 'use a number above 0');
};

/** Throws unless 0 <= value < 1. */
export const checkShare = (what: string, value: number): void => {
  if (value >= 0 && value < 1) return;
  throw misuse(`the ${what} cannot be ${value}`, 'use a number from 0 up to, not including, 1');
};

/** The parameters a value depends on. */
const reachable = ({ program, node }: Variable): Variable[] => {
  const needed = new Set([node.id]);
  for (let id = node.id; id >= 0; id--)
    if (needed.has(id) && program.nodes[id]!.kind !== 'detach')
      for (const i of program.nodes[id]!.inputs) needed.add(i);
  return program.parameters.filter((p) => needed.has(p.id)).map((p) => new Variable(program, p));
};
