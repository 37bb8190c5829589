import { functions } from '../function/function.js';
import { NdArray } from '../nd-array.js';
import { binary } from './arithmetic.js';
import type { MeaningFamily } from './rule.js';

const isLess = binary((x, y) => (x < y ? 1 : 0));

export const nonlinear: MeaningFamily<'less' | 'function' | 'detach' | 'withSlope'> = {
  detach: (_, { inputs: [x] }) => x!,
  withSlope: (_, { inputs: [value] }) => value!,
  less: (_, { shape, inputs: [x, y] }) => isLess(shape, x!, y!),
  function: ({ attributes: { name } }, { inputs: [x] }) =>
    new NdArray(x!.shape, x!.data.map(functions[name].evaluate)),
};
