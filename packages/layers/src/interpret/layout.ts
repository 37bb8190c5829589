import { NdArray } from '../nd-array.js';
import type { BoundShape } from '../shape.js';
import type { MeaningFamily } from './rule.js';
import { forEachElement, strides } from './strides.js';

/** x written into zeros of a shape, with its first element at an offset. */
const place = (
  shape: BoundShape,
  x: NdArray,
  start: readonly number[],
  out = new NdArray(shape),
): NdArray => {
  const step = strides(shape);
  forEachElement(x.shape, (i, at) => {
    out.data[step.reduce((o, s, axis) => o + s * (at[axis]! + start[axis]!), 0)] = x.data[i]!;
  });
  return out;
};

export const layout: MeaningFamily<'reshape' | 'transpose' | 'slice' | 'concat' | 'pad'> = {
  reshape: (_, { shape, inputs: [x] }) => new NdArray(shape, x!.data),
  transpose: ({ attributes: { axes } }, { shape, inputs: [x] }) => {
    const out = new NdArray(shape);
    const step = axes.map((a) => strides(x!.shape)[a]!);
    forEachElement(shape, (i, at) => {
      out.data[i] = x!.data[step.reduce((o, s, axis) => o + s * at[axis]!, 0)]!;
    });
    return out;
  },
  slice: ({ attributes: { start } }, { shape, inputs: [x] }) => {
    const out = new NdArray(shape);
    const step = strides(x!.shape);
    forEachElement(shape, (i, at) => {
      out.data[i] = x!.data[step.reduce((o, s, axis) => o + s * (at[axis]! + start[axis]!), 0)]!;
    });
    return out;
  },
  concat: ({ attributes: { axis } }, { shape, inputs }) => {
    const out = new NdArray(shape);
    let offset = 0;
    for (const x of inputs) {
      place(
        shape,
        x,
        shape.map((_, i) => (i === axis ? offset : 0)),
        out,
      );
      offset += x.shape[axis]!;
    }
    return out;
  },
  pad: ({ attributes: { before } }, { shape, inputs: [x] }) => place(shape, x!, before),
};
