import { NdArray } from '../nd-array.js';
import type { Windows } from '../node/node.js';
import type { BoundShape } from '../shape.js';
import type { MeaningFamily } from './rule.js';

/** Calls visit(position in the images, position in the windows) for every tap that lies inside an image. */
const forEachTap = (
  images: BoundShape,
  windows: BoundShape,
  { kernel: [kh, kw], stride, padding, dilation }: Windows,
  visit: (image: number, window: number) => void,
): void => {
  const [batch, channels, height, width] = images as [number, number, number, number];
  const count = windows[2]!;
  const columns = Math.floor((width + 2 * padding[1] - dilation[1] * (kw - 1) - 1) / stride[1]) + 1;
  for (let row = 0; row < batch * channels * kh * kw; row++) {
    const tap = row % (kh * kw);
    const plane = Math.floor(row / (kh * kw));
    for (let at = 0; at < count; at++) {
      const h = Math.floor(at / columns) * stride[0] + Math.floor(tap / kw) * dilation[0] - padding[0];
      const v = (at % columns) * stride[1] + (tap % kw) * dilation[1] - padding[1];
      if (h < 0 || h >= height || v < 0 || v >= width) continue;
      visit((plane * height + h) * width + v, row * count + at);
    }
  }
};

/** Images as windows: [batch, channels * kh * kw, count]. */
export const unfold = (x: NdArray, shape: BoundShape, options: Windows): NdArray => {
  const out = new NdArray(shape);
  forEachTap(x.shape, shape, options, (image, at) => {
    out.data[at] = x.data[image]!;
  });
  return out;
};

/** Windows added up to images of a shape. */
export const fold = (x: NdArray, shape: BoundShape, options: Windows): NdArray => {
  const out = new NdArray(shape);
  forEachTap(shape, x.shape, options, (image, at) => {
    out.data[image]! += x.data[at]!;
  });
  return out;
};

export const window: MeaningFamily<'windows' | 'unwindows'> = {
  windows: ({ attributes }, { shape, inputs: [x] }) => unfold(x!, shape, attributes),
  unwindows: ({ attributes }, { shape, inputs: [x] }) => fold(x!, shape, attributes),
};
