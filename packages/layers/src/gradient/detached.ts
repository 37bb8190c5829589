import { mul } from '../op.js';
import type { GradientFamily } from './rule.js';
import { unreached } from './rule.js';

export const detached: GradientFamily<'detach' | 'withSlope'> = {
  detach: () => [unreached],
  withSlope: (_, { inputs, gradient }) => [unreached, () => mul(gradient, inputs[2]!), unreached],
};
