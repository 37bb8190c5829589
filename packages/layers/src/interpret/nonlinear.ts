import { functions } from '../function/function.js';
import { NdArray } from '../nd-array.js';
import { binary } from './arithmetic.js';
import type { MeaningFamily } from './rule.js';

const ratio = binary((x, y) => x / y);
const isLess = binary((x, y) => (x < y ? 1 : 0));

export const nonlinear: MeaningFamily<'less' | 'function' | 'divide' | 'detach' | 'withSlope'> = {
  detach: (_, { inputs: [x] }) => x!,
  withSlope: (_, { inputs: [value] }) => value!,
  divide: (_, { shape, inputs: [x, y] }) => ratio(shape, x!, y!),
  less: (_, { shape, inputs: [x, y] }) => isLess(shape, x!, y!),
  function: ({ attributes: { name } }, { inputs: [x] }) =>
    new NdArray(x!.shape, x!.data.map(functions[name].evaluate)),
};
