import { mul } from '../op.js';
import { Variable } from '../program.js';
import { derivatives } from './function.js';
import { type GradientFamily, unreached } from './rule.js';

export const nonlinear: GradientFamily<'less' | 'function'> = {
  less: () => [unreached, unreached],
  function: (node, { inputs: [x], gradient }) => [
    () => mul(gradient, derivatives[node.attributes.name]({ x: x!, y: new Variable(x!.program, node) })),
  ],
};
