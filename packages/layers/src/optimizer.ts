import { gradients } from './gradient.js';
import { misuse } from './misuse.js';
import { scale, sub } from './op.js';
import { Variable } from './program.js';

export interface SgdOptions {
  /** A public number: w becomes w - learningRate * gradient. */
  readonly learningRate: number;
}

/** Stochastic gradient descent. */
export class SGD {
  readonly #learningRate: number;

  constructor({ learningRate }: SgdOptions) {
    if (!(Number.isFinite(learningRate) && learningRate > 0)) {
      throw misuse(`the learning rate cannot be ${learningRate}`, 'use a number above 0');
    }
    this.#learningRate = learningRate;
  }

  /** Adds the gradients of a loss and the updates of the parameters it depends on (or of the given ones). */
  minimize(loss: Variable, parameters: readonly Variable[] = reachable(loss)): void {
    if (parameters.length === 0)
      throw misuse(`'${loss.name}' depends on no parameter`, 'build the loss on a layer');
    for (const [i, gradient] of gradients(loss, parameters).entries()) {
      const w = parameters[i]!;
      loss.program.append('assign', [w, sub(w, scale(gradient, this.#learningRate))], {});
    }
  }
}

/** The parameters a value depends on. */
const reachable = ({ program, node }: Variable): Variable[] => {
  const needed = new Set([node.id]);
  for (let id = node.id; id >= 0; id--)
    if (needed.has(id)) for (const i of program.nodes[id]!.inputs) needed.add(i);
  return program.parameters.filter((p) => needed.has(p.id)).map((p) => new Variable(program, p));
};
