import { misuse } from '../misuse.js';
import { broadcastShapes, formatShape, sameShape } from '../shape.js';
import type { Family } from './rule.js';

/** Nodes that are their first input, and say what gradients take it for. */
export const gradient: Family<'detach' | 'withSlope'> = {
  detach: { arity: 1, shape: ({ inputs }) => inputs[0]! },
  withSlope: {
    arity: 3,
    shape: ({ inputs: [value, x, slope] }) => {
      if (sameShape(broadcastShapes(value!, slope!), x!)) return value!;
      throw misuse(
        `a value of shape ${formatShape(value!)} times a slope of ${formatShape(slope!)} is no gradient for ${formatShape(x!)}`,
        'let both broadcast to the shape of x',
      );
    },
  },
};
