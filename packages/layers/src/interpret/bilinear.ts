import { NdArray } from '../nd-array.js';
import type { Convolution, Node } from '../node/node.js';
import { isKind } from '../program.js';
import { type BoundShape, countElements } from '../shape.js';
import { productOf } from './arithmetic.js';
import type { MeaningFamily } from './rule.js';

/** Where a run of terms starts in an array, and how far it steps. */
type Place = readonly [start: number, step: number];

/** Products x[i] * y[j] that are added into result elements k: runs of `count` terms, along which one of the three does not step. */
type Terms = (visit: (i: Place, j: Place, k: Place, count: number) => void) => void;

/**
 * A bilinear map is the list of its terms. Reading the same list with the roles exchanged is an adjoint: nothing else
 * has to be defined.
 */
const matmulTerms =
  ([m, inner]: BoundShape, [, n]: BoundShape): Terms =>
  (visit) => {
    for (let a = 0; a < m!; a++) {
      for (let b = 0; b < inner!; b++) visit([a * inner! + b, 0], [b * n!, 1], [a * n!, 1], n!);
    }
  };

const convolutionTerms =
  (x: BoundShape, w: BoundShape, result: BoundShape, options: Convolution): Terms =>
  (visit) => {
    const [, channels, height, width] = x as [number, number, number, number];
    const [filters, depth, fh, fw] = w as [number, number, number, number];
    const [batch, , rows, columns] = result as [number, number, number, number];
    const { stride, padding, dilation, groups } = options;
    const inside = (q: number): readonly [number, number] => {
      const offset = q * dilation[1] - padding[1];
      const first = Math.max(0, Math.ceil(-offset / stride[1]));
      return [first, Math.min(columns, Math.floor((width - 1 - offset) / stride[1]) + 1)];
    };
    const row = (b: number, o: number, c: number, r: number) => {
      const plane = b * channels + Math.floor(o / (filters / groups)) * depth + c;
      for (let p = 0; p < fh; p++) {
        const h = r * stride[0] + p * dilation[0] - padding[0];
        if (h < 0 || h >= height) continue;
        for (let q = 0; q < fw; q++) {
          const [first, end] = inside(q);
          const v = first * stride[1] + q * dilation[1] - padding[1];
          const tap = ((o * depth + c) * fh + p) * fw + q;
          const to = ((b * filters + o) * rows + r) * columns + first;
          visit([(plane * height + h) * width + v, stride[1]], [tap, 0], [to, 1], end - first);
        }
      }
    };
    for (let b = 0; b < batch; b++)
      for (let o = 0; o < filters; o++)
        for (let c = 0; c < depth; c++) for (let r = 0; r < rows; r++) row(b, o, c, r);
  };

const termsOf = (node: Node, x: BoundShape, y: BoundShape, result: BoundShape): Terms =>
  isKind(node, 'conv2d') ? convolutionTerms(x, y, result, node.attributes) : matmulTerms(x, y);

/** Adds a run of products, of which one of the three does not step. */
const addRun = (
  out: Float64Array,
  [k, dk]: Place,
  x: Float64Array,
  [i, di]: Place,
  factor: number,
  count: number,
) => {
  for (let t = 0; t < count; t++) out[k + t * dk]! += x[i + t * di]! * factor;
};

const forward = (terms: Terms, shape: BoundShape, { data: x }: NdArray, { data: y }: NdArray): NdArray => {
  const out = new Float64Array(countElements(shape));
  terms((i, j, k, count) => {
    if (i[1] === 0) addRun(out, k, y, j, x[i[0]]!, count);
    else if (j[1] === 0) addRun(out, k, x, i, y[j[0]]!, count);
    else {
      let sum = out[k[0]]!;
      for (let t = 0; t < count; t++) sum += x[i[0] + t * i[1]]! * y[j[0] + t * j[1]]!;
      out[k[0]] = sum;
    }
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
        ? (visit) => terms((i, j, k, count) => visit(k, j, i, count))
        : (visit) => terms((i, j, k, count) => visit(i, k, j, count));
    return forward(swapped, shape, a!, b!);
  },
};
