import { RingError } from './error.js';
import { kernels } from './kernel.js';
import { format, type Shape, size } from './shape.js';
import { Tensor } from './tensor.js';

/** A number for both, or [height, width]. */
export type Pair = number | readonly [number, number];

/** How windows slide over an image. */
export interface WindowOptions {
  /** Default 1. */
  readonly stride?: Pair;
  /** Zeros on all four sides; default 0. */
  readonly padding?: Pair;
  /** Distance of neighbouring taps; default 1. */
  readonly dilation?: Pair;
}

type Two = readonly [number, number];

/** Sliding windows of `kernel` taps over images [..., channels, height, width]. */
export interface Window {
  readonly kernel: Two;
  readonly stride: Two;
  readonly padding: Two;
  readonly dilation: Two;
}

const pair = (what: string, value: Pair, least: number): Two => {
  const [h, w] = typeof value === 'number' ? [value, value] : value;
  if (!(Number.isInteger(h) && Number.isInteger(w) && h >= least && w >= least)) {
    throw new RingError(
      'bad-argument',
      `${what} takes whole numbers from ${least}; got ${JSON.stringify(value)}`,
    );
  }
  return [h, w];
};

export const window = (kernel: Pair, options: WindowOptions = {}): Window => ({
  kernel: pair('kernel', kernel, 1),
  stride: pair('stride', options.stride ?? 1, 1),
  padding: pair('padding', options.padding ?? 0, 0),
  dilation: pair('dilation', options.dilation ?? 1, 1),
});

/** Windows along the height and the width. */
export const windowCounts = (win: Window, height: number, width: number): Two => {
  const count = (n: number, i: 0 | 1) => {
    const span = win.dilation[i] * (win.kernel[i] - 1) + 1;
    return Math.floor((n + 2 * win.padding[i] - span) / win.stride[i]) + 1;
  };
  const counts = [count(height, 0), count(width, 1)] as const;
  if (counts[0] < 1 || counts[1] < 1) {
    throw new RingError(
      'shape',
      `a window of ${format(win.kernel)} does not fit an image of [${height}, ${width}]`,
    );
  }
  return counts;
};

const image = (shape: Shape): readonly [number, number, number, number] => {
  if (shape.length !== 4)
    throw new RingError('shape', `images are [batch, channels, height, width]; got ${format(shape)}`);
  return shape as readonly [number, number, number, number];
};

export const im2colShape = (shape: Shape, win: Window): Shape => {
  const [batch, channels, height, width] = image(shape);
  const [oh, ow] = windowCounts(win, height, width);
  return [batch, channels * win.kernel[0] * win.kernel[1], oh * ow];
};

/** x [batch, channels, height, width] -> [batch, channels * kh * kw, windows]: column w holds the taps of window w. */
export const im2col = (x: Tensor, win: Window): Tensor => {
  const out = Tensor.empty(im2colShape(x.shape, win));
  unfold('im2col', x, out, win);
  return out;
};

export const col2imShape = (shape: Shape, target: Shape, win: Window): Shape => {
  const expected = im2colShape(target, win);
  if (size(shape) !== size(expected) || shape.some((n, i) => n !== expected[i])) {
    throw new RingError(
      'shape',
      `columns of ${format(target)} are ${format(expected)}; got ${format(shape)}`,
    );
  }
  return target;
};

/** The adjoint of im2col: adds every tap back to its place in an image of shape `target`. */
export const col2im = (cols: Tensor, target: Shape, win: Window): Tensor => {
  col2imShape(cols.shape, target, win);
  const out = Tensor.zeros(target);
  unfold('col2im', out, cols, win);
  return out;
};

const unfold = (name: 'im2col' | 'col2im', x: Tensor, cols: Tensor, win: Window): void => {
  const [batch, channels, height, width] = image(x.shape);
  const run = kernels()[name];
  const [oh, ow] = windowCounts(win, height, width);
  const [from, to] = name === 'im2col' ? [x, cols] : [cols, x];
  run(
    from.ptr,
    to.ptr,
    batch * channels,
    height,
    width,
    ...win.kernel,
    oh,
    ow,
    ...win.stride,
    ...win.padding,
    ...win.dilation,
  );
};
