import { linear } from '@triad/ring';
import { countElements } from '../shape.js';
import type { Emitter } from './emitter.js';
import { integerExtra } from './instruction.js';
import { registerTerm, type Value } from './value.js';

/** [x < 0], as integers. */
export const isNegative = (emitter: Emitter, x: Value): Value => {
  const { shape } = x;
  const input = emitter.materialise(x);
  const after = [linear.reshape(shape)];
  const register = emitter.emit(
    { op: 'below', input, elements: countElements(shape), thresholds: [0n], after },
    shape,
  );
  return { shape, terms: [registerTerm(register, shape, integerExtra)] };
};
