import { NdArray } from '../nd-array.js';
import type { BoundShape } from '../shape.js';
import type { MeaningFamily } from './rule.js';
import { forEachRun, lastStep, strides, type Walk, whole } from './strides.js';

/** Copies elements of a shape from where one walk reads to where the other writes. */
const copy = (
  shape: BoundShape,
  [from, to]: readonly [NdArray, NdArray],
  walks: readonly [Walk, Walk],
): NdArray => {
  const [di, dj] = walks.map(lastStep) as [number, number];
  forEachRun(shape, walks, ([i, j], count) => {
    for (let k = 0; k < count; k++) to.data[j! + k * dj] = from.data[i! + k * di]!;
  });
  return to;
};

/** The part of an array that starts at these coordinates. */
const part = (shape: BoundShape, start: readonly number[]): Walk => {
  const steps = strides(shape);
  return { start: steps.reduce((sum, s, axis) => sum + s * start[axis]!, 0), steps };
};

/** x written into an array, its first element at these coordinates. */
const place = (x: NdArray, out: NdArray, start: readonly number[]): NdArray =>
  copy(x.shape, [x, out], [whole(x.shape), part(out.shape, start)]);

export const layout: MeaningFamily<'reshape' | 'transpose' | 'slice' | 'concat' | 'pad'> = {
  reshape: (_, { shape, inputs: [x] }) => new NdArray(shape, x!.data),
  transpose: ({ attributes: { axes } }, { shape, inputs: [x] }) => {
    const own = strides(x!.shape);
    const read = { start: 0, steps: axes.map((axis) => own[axis]!) };
    return copy(shape, [x!, new NdArray(shape)], [read, whole(shape)]);
  },
  slice: ({ attributes: { start } }, { shape, inputs: [x] }) =>
    copy(shape, [x!, new NdArray(shape)], [part(x!.shape, start), whole(shape)]),
  concat: ({ attributes: { axis } }, { shape, inputs }) => {
    const out = new NdArray(shape);
    let offset = 0;
    for (const x of inputs) {
      const start = shape.map((_, i) => (i === axis ? offset : 0));
      place(x, out, start);
      offset += x.shape[axis]!;
    }
    return out;
  },
  pad: ({ attributes: { before } }, { shape, inputs: [x] }) => place(x!, new NdArray(shape), before),
};
