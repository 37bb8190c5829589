import { NdArray } from '../nd-array.js';
import type { Convolution, Windows } from '../node/node.js';
import { isKind } from '../program.js';
import { type BoundShape, countElements } from '../shape.js';
import { productOf } from './arithmetic.js';
import type { MeaningFamily } from './rule.js';
import { fold, unfold } from './window.js';

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

/** What a convolution is on images unfolded into windows. */
interface Unfolded {
  readonly windows: Windows;
  /** [batch, channels * kh * kw, count]. */
  readonly shape: BoundShape;
  readonly terms: Terms;
}

const unfolded = (x: BoundShape, w: BoundShape, result: BoundShape, options: Convolution): Unfolded => {
  const [filters, depth, fh, fw] = w as [number, number, number, number];
  const [batch, , rows, columns] = result as [number, number, number, number];
  const [taps, count] = [depth * fh * fw, rows * columns];
  const all = options.groups * taps;
  const terms: Terms = (visit) => {
    for (let b = 0; b < batch; b++) {
      for (let o = 0; o < filters; o++) {
        const first = b * all + Math.floor(o / (filters / options.groups)) * taps;
        const to = (b * filters + o) * count;
        for (let t = 0; t < taps; t++) visit([(first + t) * count, 1], [o * taps + t, 0], [to, 1], count);
      }
    }
  };
  return { windows: { ...options, kernel: [fh, fw] }, shape: [x[0]!, all, count], terms };
};

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

/** The terms of an adjoint: the same with the result's role exchanged. */
const adjoint = (terms: Terms, side: 'x' | 'y'): Terms =>
  side === 'x'
    ? (visit) => terms((i, j, k, count) => visit(k, j, i, count))
    : (visit) => terms((i, j, k, count) => visit(i, k, j, count));

const convolutionAdjoint = (
  { windows, shape: unfoldedShape, terms }: Unfolded,
  side: 'x' | 'y',
  shape: BoundShape,
  [a, b]: readonly [NdArray, NdArray],
): NdArray =>
  side === 'x'
    ? fold(forward(adjoint(terms, side), unfoldedShape, a, b), shape, windows)
    : forward(adjoint(terms, side), shape, unfold(a, unfoldedShape, windows), b);

export const bilinear: MeaningFamily<'mul' | 'matmul' | 'conv2d' | 'adjoint'> = {
  mul: (_, { shape, inputs: [x, y] }) => productOf(shape, x!, y!),
  matmul: (_, { shape, inputs: [x, y] }) => forward(matmulTerms(x!.shape, y!.shape), shape, x!, y!),
  conv2d: ({ attributes }, { shape, inputs: [x, w] }) => {
    const on = unfolded(x!.shape, w!.shape, shape, attributes);
    return forward(on.terms, shape, unfold(x!, on.shape, on.windows), w!);
  },
  adjoint: ({ attributes: { of, side } }, { shape, inputs: [a, b], nodeAt, shapeOf }) => {
    const node = nodeAt(of);
    const [x, y] = node.inputs.map(shapeOf) as [BoundShape, BoundShape];
    if (!isKind(node, 'conv2d')) return forward(adjoint(matmulTerms(x, y), side), shape, a!, b!);
    return convolutionAdjoint(unfolded(x, y, shapeOf(of), node.attributes), side, shape, [a!, b!]);
  },
};
