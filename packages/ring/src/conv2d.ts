import { add } from './elementwise.js';
import { RingError } from './error.js';
import type { Form } from './form.js';
import { gemm } from './gemm.js';
import { format, type Shape } from './shape.js';
import { Tensor } from './tensor.js';
import { col2im, im2col, type Window, type WindowOptions, window, windowCounts } from './window.js';

export interface Conv2dOptions extends WindowOptions {
  /** Channels and outputs are split into so many groups convolved apart; default 1. */
  readonly groups?: number;
}

/** Everything a convolution's loops need. */
interface Geometry {
  readonly window: Window;
  readonly batch: number;
  readonly groups: number;
  /** Outputs, taps (channels times window) of one group, and windows of one image. */
  readonly outputs: number;
  readonly taps: number;
  readonly windows: number;
  readonly shape: Shape;
}

const geometry = (x: Shape, y: Shape, options: Conv2dOptions): Geometry => {
  const { groups = 1 } = options;
  if (x.length !== 4 || y.length !== 4) {
    throw new RingError(
      'shape',
      `conv2d takes images and filters of four axes; got ${format(x)} and ${format(y)}`,
    );
  }
  const [batch, channels, height, width] = x as [number, number, number, number];
  const [outputs, groupChannels, kh, kw] = y as [number, number, number, number];
  if (
    !(
      Number.isInteger(groups) &&
      groups >= 1 &&
      outputs % groups === 0 &&
      groupChannels * groups === channels
    )
  ) {
    throw new RingError('shape', `filters ${format(y)} in ${groups} groups do not fit images ${format(x)}`);
  }
  const win = window([kh, kw], options);
  const [oh, ow] = windowCounts(win, height, width);
  return {
    window: win,
    batch,
    groups,
    outputs: outputs / groups,
    taps: groupChannels * kh * kw,
    windows: oh * ow,
    shape: [batch, outputs, oh, ow],
  };
};

/** Calls back with the addresses of a group's columns, filters and outputs in an image. */
const eachGroup = (
  geo: Geometry,
  at: { cols: Tensor; y: Tensor; z: Tensor },
  visit: (cols: number, filters: number, outputs: number) => void,
): void => {
  for (let i = 0; i < geo.batch * geo.groups; i++) {
    visit(
      at.cols.ptr + i * geo.taps * geo.windows * 8,
      at.y.ptr + (i % geo.groups) * geo.outputs * geo.taps * 8,
      at.z.ptr + i * geo.outputs * geo.windows * 8,
    );
  }
};

/** z = filters * columns; see im2col. */
export const conv2dForm = (options: Conv2dOptions): Form => ({
  name: 'conv2d',
  attributes: { ...window(1, options), groups: options.groups ?? 1 },
  shape: (x, y) => geometry(x, y, options).shape,
  accumulate: {
    z: (x, y, z) => {
      const geo = geometry(x.shape, y.shape, options);
      const cols = im2col(x, geo.window);
      const { outputs: m, windows: n, taps: k } = geo;
      eachGroup(geo, { cols, y, z }, (c, f, o) =>
        gemm({ ptr: f, row: k, col: 1 }, { ptr: c, row: n, col: 1 }, { ptr: o, row: n, col: 1 }, { m, n, k }),
      );
      cols.dispose();
    },
    y: (x, y, z) => {
      const geo = geometry(x.shape, y.shape, options);
      const cols = im2col(x, geo.window);
      const { outputs: m, taps: n, windows: k } = geo;
      eachGroup(geo, { cols, y, z }, (c, f, o) =>
        gemm({ ptr: o, row: k, col: 1 }, { ptr: c, row: 1, col: k }, { ptr: f, row: n, col: 1 }, { m, n, k }),
      );
      cols.dispose();
    },
    x: (x, y, z) => {
      const geo = geometry(x.shape, y.shape, options);
      const cols = Tensor.zeros([geo.batch, geo.groups * geo.taps, geo.windows]);
      const { taps: m, windows: n, outputs: k } = geo;
      eachGroup(geo, { cols, y, z }, (c, f, o) =>
        gemm({ ptr: f, row: 1, col: m }, { ptr: o, row: n, col: 1 }, { ptr: c, row: n, col: 1 }, { m, n, k }),
      );
      const image = col2im(cols, x.shape, geo.window);
      cols.dispose();
      add(x, image, x);
      image.dispose();
    },
  },
});
