import { NdArray } from '../nd-array.js';
import type { Convolution, Node } from '../node/node.js';
import { isKind } from '../program.js';
import { type BoundShape, countElements } from '../shape.js';
import { productOf } from './arithmetic.js';
import type { MeaningFamily } from './rule.js';

/** Says which products x[i] * y[j] are added into result element k. */
type Terms = (visit: (i: number, j: number, k: number) => void) => void;

/**
 * A bilinear map is the list of its terms. Reading the same list with the roles exchanged is an adjoint: nothing else
 * has to be defined.
 */
const matmulTerms =
  ([m, inner]: BoundShape, [, n]: BoundShape): Terms =>
  (visit) => {
    for (let a = 0; a < m!; a++) {
      for (let b = 0; b < inner!; b++) {
        for (let c = 0; c < n!; c++) visit(a * inner! + b, b * n! + c, a * n! + c);
      }
    }
  };

const convolutionTerms =
  (x: BoundShape, w: BoundShape, result: BoundShape, options: Convolution): Terms =>
  (visit) => {
    const [, channels, height, width] = x as [number, number, number, number];
    const [filters, depth, fh, fw] = w as [number, number, number, number];
    const [batch, , rows, columns] = result as [number, number, number, number];
    const { stride, padding, dilation, groups } = options;
    const place = (b: number, o: number, c: number, r: number, s: number) => {
      const channel = Math.floor(o / (filters / groups)) * depth + c;
      for (let p = 0; p < fh; p++) {
        const h = r * stride[0] + p * dilation[0] - padding[0];
        if (h < 0 || h >= height) continue;
        for (let q = 0; q < fw; q++) {
          const v = s * stride[1] + q * dilation[1] - padding[1];
          if (v < 0 || v >= width) continue;
          const i = ((b * channels + channel) * height + h) * width + v;
          visit(i, ((o * depth + c) * fh + p) * fw + q, ((b * filters + o) * rows + r) * columns + s);
        }
      }
    };
    for (let b = 0; b < batch; b++)
      for (let o = 0; o < filters; o++)
        for (let c = 0; c < depth; c++)
          for (let r = 0; r < rows; r++) for (let s = 0; s < columns; s++) place(b, o, c, r, s);
  };

const termsOf = (node: Node, x: BoundShape, y: BoundShape, result: BoundShape): Terms =>
  isKind(node, 'conv2d') ? convolutionTerms(x, y, result, node.attributes) : matmulTerms(x, y);

const forward = (terms: Terms, shape: BoundShape, x: NdArray, y: NdArray): NdArray => {
  const out = new Float64Array(countElements(shape));
  terms((i, j, k) => {
    out[k]! += x.data[i]! * y.data[j]!;
  });
  return new NdArray(shape, out);
};

export const bilinear: MeaningFamily<'mul' | 'matmul' | 'conv2d' | 'adjoint'> = {
  mul: (_, { shape, inputs: [x, y] }) => productOf(shape, x!, y!),
  matmul: (node, { shape, inputs: [x, y] }) =>
    forward(termsOf(node, x!.shape, y!.shape, shape), shape, x!, y!),
  conv2d: (node, { shape, inputs: [x, y] }) =>
    forward(termsOf(node, x!.shape, y!.shape, shape), shape, x!, y!),
  adjoint: ({ attributes: { of, side } }, { shape, inputs: [a, b], nodeAt, shapeOf }) => {
    const node = nodeAt(of);
    const [x, y] = node.inputs.map(shapeOf);
    const terms = termsOf(node, x!, y!, shapeOf(of));
    const swapped: Terms =
      side === 'x'
        ? (visit) => terms((i, j, k) => visit(k, j, i))
        : (visit) => terms((i, j, k) => visit(i, k, j));
    return forward(swapped, shape, a!, b!);
  },
};
