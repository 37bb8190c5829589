import { misuse } from '../misuse.js';
import { mul } from '../op.js';
import { Variable } from '../program.js';
import { derivatives } from './function.js';
import type { GradientFamily } from './rule.js';

const constant = () => {
  throw misuse('a comparison has no gradient', 'let the loss depend on parameters by another path');
};

export const nonlinear: GradientFamily<'less' | 'function'> = {
  less: () => [constant, constant],
  function: (node, { inputs: [x], gradient }) => [
    () => mul(gradient, derivatives[node.attributes.name]({ x: x!, y: new Variable(x!.program, node) })),
  ],
};
