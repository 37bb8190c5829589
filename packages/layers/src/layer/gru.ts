import { xavierInitializer } from '../initializer.js';
import { misuse } from '../misuse.js';
import type { Initializer } from '../node/node.js';
import { add, concat, matmul, mul, reshape, sub } from '../op.js';
import { parameter, type Variable } from '../program.js';
import { formatShape } from '../shape.js';
import { type Activation, activate } from './activation.js';
import { freeName } from './name.js';
import { split } from './split.js';

export interface DynamicGruOptions {
  /** [batch, time, 3 * size]: what the input adds to update gate, reset gate and candidate, as an fc computes it. */
  readonly input: Variable;
  readonly size: number;
  /** From the last time to the first. Default: false. */
  readonly isReverse?: boolean;
  /** Default: 'sigmoid'. */
  readonly gateActivation?: Activation;
  /** Default: 'tanh'. */
  readonly candidateActivation?: Activation;
  /** The state before the first time, [batch, size]; default: zero. */
  readonly h0?: Variable;
  /** The update gate says how much of the old state stays (Cho et al. 2014), not how much goes. Default: false. */
  readonly originMode?: boolean;
  /** Default: true. */
  readonly bias?: boolean;
  /** How weights start; default: Xavier, uniform. */
  readonly initializer?: Initializer;
  /** Names the parameters, `name.w_0` [size, 3 * size] and `name.b_0` [3 * size]; default `gru_0`, `gru_1`, ... */
  readonly name?: string;
}

/**
 * Gated recurrent units (Chung et al. 2014) over a time axis: u, r = gate(x + h W), c = candidate(x + (r h) W), and
 * h becomes h + u (c - h), or c + u (h - c) in origin mode. Result: the state at every time, [batch, time, size].
 */
export const dynamicGru = (options: DynamicGruOptions): Variable => {
  const { input, size, isReverse = false, bias = true, initializer } = options;
  const [batch, time, width] = input.shape as [number | null, number, number];
  if (input.shape.length !== 3 || width !== 3 * size) {
    throw misuse(
      `a GRU of size ${size} cannot take '${input.name}' of shape ${formatShape(input.shape)}`,
      'give it [batch, time, 3 * size]',
    );
  }
  const name = options.name ?? freeName(input.program, 'gru');
  const w = parameter({
    name: `${name}.w_0`,
    shape: [size, 3 * size],
    initializer: initializer ?? xavierInitializer(size, size),
  });
  const x = bias ? add(input, parameter({ name: `${name}.b_0`, shape: [3 * size] })) : input;
  const times = split(x, time, 1).map((part) => reshape(part, [batch, 3 * size]));
  const cell = cellOf(options, split(w, [2 * size, size]) as [Variable, Variable]);
  const states: Variable[] = [];
  let state = options.h0;
  for (const now of isReverse ? times.reverse() : times) {
    state = cell(now, state);
    states.push(reshape(state, [batch, 1, size]));
  }
  return concat((isReverse ? states.reverse() : states) as [Variable, ...Variable[]], 1);
};

/** One time: the next state. No state is zero, and costs no products. */
const cellOf = (
  { size, gateActivation = 'sigmoid', candidateActivation = 'tanh', originMode = false }: DynamicGruOptions,
  [gateWeights, candidateWeights]: readonly [Variable, Variable],
) => {
  return (x: Variable, h: Variable | undefined): Variable => {
    const [forGates, forCandidate] = split(x, [2 * size, size]) as [Variable, Variable];
    const gates = activate(h ? add(forGates, matmul(h, gateWeights)) : forGates, gateActivation);
    const [update, reset] = split(gates, 2) as [Variable, Variable];
    const recurrent = h && matmul(mul(reset, h), candidateWeights);
    const candidate = activate(recurrent ? add(forCandidate, recurrent) : forCandidate, candidateActivation);
    if (h === undefined) return originMode ? mul(sub(1, update), candidate) : mul(update, candidate);
    return originMode
      ? add(candidate, mul(update, sub(h, candidate)))
      : add(h, mul(update, sub(candidate, h)));
  };
};
