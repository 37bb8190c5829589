import { add, broadcastTo, reshape, scale, sumTo } from '../op.js';
import type { GradientFamily } from './rule.js';

export const arithmetic: GradientFamily<'add' | 'sub' | 'scale' | 'sum' | 'broadcast'> = {
  add: (_, { inputs, gradient }) => inputs.map((x) => () => sumTo(gradient, x.shape)),
  sub: (_, { inputs: [x, y], gradient }) => [
    () => sumTo(gradient, x!.shape),
    () => scale(sumTo(gradient, y!.shape), -1),
  ],
  scale: ({ attributes }, { gradient }) => [() => gradient.program.append('scale', [gradient], attributes)],
  sum: ({ attributes: { axes } }, { inputs: [x], gradient }) => [
    () => {
      const kept = x!.shape.map((d, i) => (axes.includes(i) ? 1 : d));
      return broadcastTo(reshape(gradient, kept), x!.shape);
    },
  ],
  broadcast: (_, { inputs: [x], gradient }) => [() => sumTo(gradient, x!.shape)],
};

/** The sum of a value's gradients along all paths to it. */
export const accumulate = add;
