import { NdArray } from '../nd-array.js';
import { type BoundShape, countElements } from '../shape.js';
import type { MeaningFamily } from './rule.js';
import { broadcastOffset, forEachElement, strides } from './strides.js';

/** A function of two numbers on broadcast operands. */
export const binary =
  (f: (x: number, y: number) => number) =>
  (shape: BoundShape, x: NdArray, y: NdArray): NdArray => {
    const out = new NdArray(shape);
    const [ox, oy] = [broadcastOffset(x.shape), broadcastOffset(y.shape)];
    forEachElement(shape, (i, at) => {
      out.data[i] = f(x.data[ox(at)]!, y.data[oy(at)]!);
    });
    return out;
  };

/** Sums and products of broadcast operands. */
export const sumOf = binary((x, y) => x + y);
export const productOf = binary((x, y) => x * y);
const differenceOf = binary((x, y) => x - y);

export const scaleBy = (x: NdArray, factor: number): NdArray =>
  new NdArray(
    x.shape,
    x.data.map((v) => v * factor),
  );

export const broadcastOf = (x: NdArray, shape: BoundShape): NdArray => {
  const out = new NdArray(shape);
  const offset = broadcastOffset(x.shape);
  forEachElement(shape, (i, at) => {
    out.data[i] = x.data[offset(at)]!;
  });
  return out;
};

export const arithmetic: MeaningFamily<'add' | 'sub' | 'scale' | 'sum' | 'broadcast'> = {
  add: (_, { shape, inputs: [x, y] }) => sumOf(shape, x!, y!),
  sub: (_, { shape, inputs: [x, y] }) => differenceOf(shape, x!, y!),
  scale: ({ attributes: { factor, over } }, { inputs: [x], shapeOf }) =>
    scaleBy(x!, over === null ? factor : factor / countElements(shapeOf(over))),
  sum: ({ attributes: { axes } }, { shape, inputs: [x] }) => {
    const out = new NdArray(shape);
    const kept = strides(x!.shape.map((d, i) => (axes.includes(i) ? 1 : d)));
    const step = kept.map((s, i) => (axes.includes(i) ? 0 : s));
    forEachElement(x!.shape, (i, at) => {
      out.data[step.reduce((o, s, axis) => o + s * at[axis]!, 0)]! += x!.data[i]!;
    });
    return out;
  },
  broadcast: (_, { shape, inputs: [x] }) => broadcastOf(x!, shape),
};
