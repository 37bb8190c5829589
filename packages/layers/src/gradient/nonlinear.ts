import { division, mul, scale, sumTo } from '../op.js';
import { Variable } from '../program.js';
import { derivatives } from './function.js';
import { type GradientFamily, unreached } from './rule.js';

export const nonlinear: GradientFamily<'less' | 'function' | 'divide'> = {
  less: () => [unreached, unreached],
  /** dx = g / y, dy = -g (x / y) / y. */
  divide: (node, { inputs: [x, y], gradient }) => {
    const z = new Variable(y!.program, node);
    const over = (g: Variable) => division(g, y!, node.attributes);
    return [() => sumTo(over(gradient), x!.shape), () => scale(sumTo(over(mul(gradient, z)), y!.shape), -1)];
  },
  function: (node, { inputs: [x], gradient }) => [
    () =>
      mul(
        gradient,
        derivatives[node.attributes.name]({
          x: x!,
          y: new Variable(x!.program, node),
          range: node.attributes,
        }),
      ),
  ],
};
