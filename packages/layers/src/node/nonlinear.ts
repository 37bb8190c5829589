import { functions } from '../function/function.js';
import { misuse } from '../misuse.js';
import { broadcastShapes } from '../shape.js';
import type { Family } from './rule.js';

export const nonlinear: Family<'less' | 'function'> = {
  less: { arity: 2, shape: ({ inputs }) => broadcastShapes(inputs[0]!, inputs[1]!) },
  function: {
    arity: 1,
    shape: ({ inputs, attributes: { name, low, high } }) => {
      const known = functions[name];
      if (known === undefined) {
        throw misuse(`there is no function '${name}'`, `use ${Object.keys(functions).join(', ')}`);
      }
      if (low < high && low >= known.low && high <= known.high) return inputs[0]!;
      throw misuse(
        `${name} cannot be computed on [${low}, ${high}]`,
        `give a range inside [${known.low}, ${known.high}]`,
      );
    },
  },
};
