import { NdArray } from '../nd-array.js';
import { type BoundShape, countElements } from '../shape.js';
import type { MeaningFamily } from './rule.js';
import { broadcasting, forEachRun, lastStep, strides, whole } from './strides.js';

/** A function of two numbers on broadcast operands. */
export const binary =
  (f: (x: number, y: number) => number) =>
  (shape: BoundShape, x: NdArray, y: NdArray): NdArray => {
    const out = new NdArray(shape);
    const walks = [whole(shape), broadcasting(x.shape, shape), broadcasting(y.shape, shape)] as const;
    const [, dx, dy] = walks.map(lastStep) as [number, number, number];
    forEachRun(shape, walks, ([start, i, j], count) => {
      for (let k = 0; k < count; k++) out.data[start! + k] = f(x.data[i! + k * dx]!, y.data[j! + k * dy]!);
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

const first = (x: number): number => x;
const firstOf = binary(first);

export const broadcastOf = (x: NdArray, shape: BoundShape): NdArray => firstOf(shape, x, x);

const sumAlong = (x: NdArray, axes: readonly number[], shape: BoundShape): NdArray => {
  const out = new NdArray(shape);
  const kept = strides(x.shape.map((d, i) => (axes.includes(i) ? 1 : d)));
  const walks = [whole(x.shape), { start: 0, steps: kept.map((s, i) => (axes.includes(i) ? 0 : s)) }];
  const step = lastStep(walks[1]!);
  forEachRun(x.shape, walks, ([start, to], count) => {
    for (let k = 0; k < count; k++) out.data[to! + k * step]! += x.data[start! + k]!;
  });
  return out;
};

export const arithmetic: MeaningFamily<'add' | 'sub' | 'scale' | 'sum' | 'broadcast'> = {
  add: (_, { shape, inputs: [x, y] }) => sumOf(shape, x!, y!),
  sub: (_, { shape, inputs: [x, y] }) => differenceOf(shape, x!, y!),
  scale: ({ attributes: { factor, over } }, { inputs: [x], shapeOf }) =>
    scaleBy(x!, over === null ? factor : factor / countElements(shapeOf(over))),
  sum: ({ attributes: { axes } }, { shape, inputs: [x] }) => sumAlong(x!, axes, shape),
  broadcast: (_, { shape, inputs: [x] }) => broadcastOf(x!, shape),
};
