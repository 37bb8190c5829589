import { functions } from '../function/function.js';
import { misuse } from '../misuse.js';
import { broadcastShapes } from '../shape.js';
import type { Family } from './rule.js';

const checkRange = (what: string, range: Range, most: Range): void => {
  if (range.low < range.high && range.low >= most.low && range.high <= most.high) return;
  throw misuse(
    `${what} cannot be computed on [${range.low}, ${range.high}]`,
    `give a range inside [${most.low}, ${most.high}]`,
  );
};

interface Range {
  readonly low: number;
  readonly high: number;
}

export const nonlinear: Family<'less' | 'function' | 'divide'> = {
  less: { arity: 2, shape: ({ inputs }) => broadcastShapes(inputs[0]!, inputs[1]!) },
  divide: {
    arity: 2,
    shape: ({ inputs, attributes }) => {
      checkRange('a quotient', attributes, functions.reciprocal);
      return broadcastShapes(inputs[0]!, inputs[1]!);
    },
  },
  function: {
    arity: 1,
    shape: ({ inputs, attributes: { name, low, high, tolerance = 2 ** -18 } }) => {
      const known = functions[name];
      if (known === undefined) {
        throw misuse(`there is no function '${name}'`, `use ${Object.keys(functions).join(', ')}`);
      }
      checkRange(name, { low, high }, known);
      if (!(tolerance > 0 && tolerance < 1))
        throw misuse(`${name} cannot be off by ${tolerance}`, 'use a number between 0 and 1');
      return inputs[0]!;
    },
  },
};
