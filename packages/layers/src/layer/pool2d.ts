import { misuse } from '../misuse.js';
import { add, constantIn, mul, reshape, scale, sum, windows } from '../op.js';
import type { Variable } from '../program.js';
import { formatShape } from '../shape.js';
import { type Pair, pairOf } from './pair.js';
import { extremum } from './tree.js';

export interface Pool2dOptions {
  /** [batch, channels, height, width]. */
  readonly input: Variable;
  /** Needed unless `globalPooling`. */
  readonly poolSize?: Pair;
  /** Default: 'max'. */
  readonly poolType?: 'max' | 'avg';
  /** Default 1. */
  readonly poolStride?: Pair;
  /** Default 0. A maximum never takes padding; see `exclusive` for averages. */
  readonly poolPadding?: Pair;
  /** One window over the whole image. */
  readonly globalPooling?: boolean;
  /** Averages count taps inside the image only. Default: true. */
  readonly exclusive?: boolean;
}

interface Pool {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

/** The maximum or average of sliding windows, channel by channel: [batch, channels, height, width]. */
export const pool2d = (options: Pool2dOptions): Variable => {
  const { input, poolType = 'max', exclusive = true } = options;
  if (poolType !== 'max' && poolType !== 'avg')
    throw misuse(`there is no pooling '${poolType}'`, "use 'max' or 'avg'");
  const pool = poolOf(options);
  const [batch, channels, ...sides] = input.shape as [number | null, number, number, number];
  const counts = sides.map((side, i) => countWindows(side, pool, i));
  const count = counts[0]! * counts[1]!;
  const size = pool.kernel[0] * pool.kernel[1];
  const taps = reshape(windows(input, pool.kernel, pool), [batch, channels, size, count]);
  const inside = insideOf(pool, sides, counts);
  const pooled = poolType === 'max' ? highest(taps, inside) : average(taps, exclusive ? inside : undefined);
  return reshape(pooled, [batch, channels, ...counts]);
};

const poolOf = ({ input, poolSize, globalPooling = false, ...rest }: Pool2dOptions): Pool => {
  const { shape } = input;
  if (shape.length !== 4)
    throw misuse(
      `pool2d cannot take '${input.name}' of shape ${formatShape(shape)}`,
      'give it [batch, channels, height, width]',
    );
  if (globalPooling) return { kernel: [shape[2]!, shape[3]!], stride: [1, 1], padding: [0, 0] };
  if (poolSize === undefined) throw misuse('pool2d has no window', 'give poolSize, or globalPooling');
  const kernel = pairOf('poolSize', poolSize, 1);
  const padding = pairOf('poolPadding', rest.poolPadding ?? 0, 0);
  if (padding.some((p, i) => p >= kernel[i]!))
    throw misuse('pooling windows would lie outside of the image', 'pad by less than the window');
  return { kernel, stride: pairOf('poolStride', rest.poolStride ?? 1, 1), padding };
};

const countWindows = (side: number, { kernel, stride, padding }: Pool, axis: number): number =>
  Math.floor((side + 2 * padding[axis]! - kernel[axis]!) / stride[axis]!) + 1;

/** Per tap and window, row-major, whether it lies inside the image; undefined when all do. */
const insideOf = (
  { kernel, stride, padding }: Pool,
  sides: readonly number[],
  counts: readonly number[],
): readonly boolean[] | undefined => {
  if (padding.every((p) => p === 0)) return undefined;
  const along = (axis: number, tap: number, at: number) => {
    const place = at * stride[axis]! + tap - padding[axis]!;
    return place >= 0 && place < sides[axis]!;
  };
  const [[kh, kw], [oh, ow]] = [kernel, counts as [number, number]];
  return Array.from({ length: kh * kw * oh * ow }, (_, i) => {
    const [tap, at] = [Math.floor(i / (oh * ow)), i % (oh * ow)];
    return along(0, Math.floor(tap / kw), Math.floor(at / ow)) && along(1, tap % kw, at % ow);
  });
};

/** Padding, lower than any value: those stay within 2^16. */
const padded = -(2 ** 16);

/** [batch, channels, taps, windows] -> [batch, channels, 1, windows], by a tree over the taps. */
const highest = (taps: Variable, inside: readonly boolean[] | undefined): Variable => {
  const [, , size, count] = taps.shape as readonly number[];
  if (inside === undefined) return extremum(taps, 2, 'max');
  const lowered = inside.map((isInside) => (isInside ? 0 : padded));
  return extremum(add(taps, constantIn(taps.program, lowered, [size!, count!])), 2, 'max');
};

const average = (taps: Variable, inside: readonly boolean[] | undefined): Variable => {
  const [, , size, count] = taps.shape as readonly number[];
  const total = sum(taps, { axes: [2], keepDims: true });
  if (inside === undefined) return scale(total, 1 / size!);
  const shares = Array.from({ length: count! }, (_, at) => {
    const filled = inside.filter((isInside, i) => i % count! === at && isInside);
    return 1 / filled.length;
  });
  return mul(total, constantIn(taps.program, shares, [count!]));
};
