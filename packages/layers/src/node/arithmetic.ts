import { misuse } from '../misuse.js';
import { broadcastShapes, formatShape, sameShape } from '../shape.js';
import type { Family } from './rule.js';

/** Linear nodes that compute. */
export const arithmetic: Family<'add' | 'sub' | 'scale' | 'sum' | 'broadcast'> = {
  add: { arity: 2, shape: ({ inputs }) => broadcastShapes(inputs[0]!, inputs[1]!) },
  sub: { arity: 2, shape: ({ inputs }) => broadcastShapes(inputs[0]!, inputs[1]!) },
  scale: {
    arity: 1,
    shape: ({ inputs, attributes: { factor, over }, at }) => {
      if (!Number.isFinite(factor))
        throw misuse(`a value cannot be scaled by ${factor}`, 'use a finite number');
      if (over !== null) at(over);
      return inputs[0]!;
    },
  },
  sum: {
    arity: 1,
    shape: ({ inputs, attributes: { axes, keepDims } }) => {
      const shape = inputs[0]!;
      const sorted = axes.every(
        (a, i) => Number.isInteger(a) && a >= 0 && a < shape.length && !(a <= axes[i - 1]!),
      );
      if (!sorted) {
        throw misuse(
          `a value of shape ${formatShape(shape)} has no axes ${axes.join(', ')} to sum`,
          'name axes from 0, in order',
        );
      }
      return keepDims
        ? shape.map((d, i) => (axes.includes(i) ? 1 : d))
        : shape.filter((_, i) => !axes.includes(i));
    },
  },
  broadcast: {
    arity: 1,
    shape: ({ inputs, attributes: { shape } }) => {
      if (sameShape(broadcastShapes(inputs[0]!, shape), shape)) return shape;
      throw misuse(
        `a value of shape ${formatShape(inputs[0]!)} does not broadcast to ${formatShape(shape)}`,
        'only axes of length 1 are repeated',
      );
    },
  },
};
