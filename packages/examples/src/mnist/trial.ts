import { Executor, encryptModel, init, NdArray, type Program, type Weights } from '@triad/layers';
import { inMemory } from '@triad/net';
import type { Scheme } from '@triad/protocol';
import { uniform } from '../shuffle.js';
import { type Model, outside } from './model.js';
import { type Outcome, stepCount, type Training, train, type Watch } from './party.js';

export interface Trial extends Training {
  /** Draws the initial weights, in public: 1 to 2^31 - 2. */
  readonly seed: number;
}

/**
 * Trains with all parties in this process, from the initial weights of a seed, so that a figure can be repeated and protocols can
 * be compared. On `plain` it shows what fixed point alone costs. Resolves to what the analyst learns.
 */
export const runTrial = async <S>(
  scheme: Scheme<S>,
  model: Model,
  options: Trial,
  watch: Watch = () => {},
): Promise<Outcome> => {
  const program = model.training(stepCount(options));
  const files = encryptModel(drawn(program, options.seed), scheme);
  const network = inMemory({ parties: scheme.parties, outside });
  const roles = [...files.keys(), ...outside];
  const outcomes = await Promise.all(
    roles.map(async (role) => {
      const exe = new Executor({ environment: init(scheme, role, network), program });
      await exe.load(typeof role === 'number' ? files[role] : undefined, { allowMissing: true });
      const outcome = await train(exe, model, options, watch);
      await exe.close();
      return outcome;
    }),
  );
  return outcomes.at(-1)!;
};

/** What the initializers draw; other parameters start at constants. */
const drawn = ({ parameters }: Program, seed: number): Weights => {
  const next = uniform(seed);
  return Object.fromEntries(
    parameters.flatMap(({ attributes: { name, shape, initializer } }) => {
      if (initializer.kind !== 'uniform') return [];
      const count = shape.reduce((a, b) => a * b, 1);
      const values = Float64Array.from({ length: count }, () => initializer.limit * next());
      return [[name, new NdArray(shape, values)]];
    }),
  );
};
