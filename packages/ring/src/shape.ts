import { RingError } from './error.js';

/** Extents, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** The most words one memory can hold (4 GiB). */
const maxSize = 2 ** 29;

/** Number of elements. Throws `shape` unless every extent is a whole number and the tensor fits 4 GiB. */
export const size = (shape: Shape): number => {
  let n = 1;
  for (let i = 0; i < shape.length; i++) {
    const extent = shape[i]!;
    if (!(Number.isInteger(extent) && extent >= 0)) {
      throw new RingError('shape', `extents are whole numbers; got ${format(shape)}`);
    }
    n *= extent;
  }
  if (n > maxSize) throw new RingError('shape', `${format(shape)} has more than 2^29 elements`);
  return n;
};

/** `[2, 3]`, for messages to people. */
export const format = (shape: Shape): string => `[${shape.join(', ')}]`;

export const equalShapes = (a: Shape, b: Shape): boolean => {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};

/** The shape two operands broadcast to (NumPy's rule); throws `shape` naming both. */
export const broadcastShapes = (a: Shape, b: Shape): Shape => {
  if (equalShapes(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (m === n || n === 1) return m;
    if (m === 1) return n;
    throw new RingError('shape', `${format(a)} and ${format(b)} do not broadcast`);
  });
};

/** Row-major strides in elements. */
export const strides = (shape: Shape): number[] => {
  const out = new Array<number>(shape.length);
  for (let i = shape.length - 1, step = 1; i >= 0; i--) {
    out[i] = step;
    step *= shape[i]!;
  }
  return out;
};

/** Strides with which `shape` is read as `target`: 0 along broadcast axes. The shape must broadcast to the target. */
export const broadcastStrides = (shape: Shape, target: Shape): number[] => {
  const own = strides(shape);
  const lead = target.length - shape.length;
  return target.map((_, i) => (i < lead || shape[i - lead] === 1 ? 0 : own[i - lead]!));
};

/** Axes as sorted, distinct, non-negative numbers; negative ones count from the end, absent ones mean all. */
export const normalizeAxes = (axes: readonly number[] | undefined, rank: number): number[] => {
  if (axes === undefined) return Array.from({ length: rank }, (_, i) => i);
  const out = axes.map((axis) => normalizeAxis(axis, rank)).sort((a, b) => a - b);
  if (out.some((axis, i) => axis === out[i - 1])) {
    throw new RingError('bad-argument', `axes [${axes.join(', ')}] repeat one`);
  }
  return out;
};

export const normalizeAxis = (axis: number, rank: number): number => {
  if (!(Number.isInteger(axis) && axis >= -rank && axis < rank)) {
    throw new RingError('bad-argument', `axis ${axis} is not one of the ${rank} axes`);
  }
  return axis < 0 ? axis + rank : axis;
};
