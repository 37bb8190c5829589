import { misuse } from '../misuse.js';
import { broadcastShapes, formatShape, type SymbolicShape, sameShape } from '../shape.js';
import type { Convolution } from './node.js';
import type { Family } from './rule.js';

/** Products: linear in each of two arguments. */
export const bilinear: Family<'mul' | 'matmul' | 'conv2d' | 'adjoint'> = {
  mul: { arity: 2, shape: ({ inputs }) => broadcastShapes(inputs[0]!, inputs[1]!) },
  matmul: {
    arity: 2,
    shape: ({ inputs }) => {
      const [x, y] = [inputs[0]!, inputs[1]!];
      if (x.length === 2 && y.length === 2 && x[1] === y[0]) return [x[0]!, y[1]!];
      throw misuse(
        `matrices of shape ${formatShape(x)} and ${formatShape(y)} have no product`,
        'give two matrices, the first as wide as the second is high',
      );
    },
  },
  conv2d: { arity: 2, shape: ({ inputs, attributes }) => convolved(inputs[0]!, inputs[1]!, attributes) },
  adjoint: {
    arity: 2,
    shape: ({ inputs, attributes: { of, side }, at }) => {
      const node = at(of);
      const [x, y] = [node.inputs[0]!, node.inputs[1]!];
      const expected = side === 'x' ? [node.shape, y] : [x, node.shape];
      if (isProduct(node.kind) && expected.every((s, i) => sameShape(s, inputs[i]!)))
        return side === 'x' ? x : y;
      throw misuse(
        'an adjoint needs a product, its gradient and the other argument',
        'let `gradients` make it',
      );
    },
  },
};

const isProduct = (kind: string): boolean => kind === 'matmul' || kind === 'conv2d';

/** Images [batch, channels, height, width] with filters [out, channels / groups, height, width]. */
const convolved = (x: SymbolicShape, w: SymbolicShape, options: Convolution): SymbolicShape => {
  const { stride, padding, dilation, groups } = options;
  const refuse = () =>
    misuse(
      `images of shape ${formatShape(x)} and filters of shape ${formatShape(w)} do not convolve in ${groups} groups`,
      'use [batch, channels, height, width] and [out, channels / groups, height, width], filters inside the padded image',
    );
  const counts = [...stride, ...dilation, groups, ...padding.map((p) => p + 1)];
  if (x.length !== 4 || w.length !== 4 || x.indexOf(null) > 0 || w.includes(null)) throw refuse();
  if (!counts.every((n) => Number.isInteger(n) && n > 0)) throw refuse();
  if (x[1] !== w[1]! * groups || w[0]! % groups !== 0) throw refuse();
  const extent = [0, 1].map((i) => {
    const room = x[i + 2]! + 2 * padding[i]! - dilation[i]! * (w[i + 2]! - 1) - 1;
    if (room < 0) throw refuse();
    return Math.floor(room / stride[i]!) + 1;
  });
  return [x[0]!, w[0]!, ...extent];
};
