import { RingError } from './error.js';
import { kernels } from './kernel.js';
import { memory } from './memory.js';
import { nest, walk } from './nest.js';
import {
  broadcastStrides,
  equalShapes,
  format,
  normalizeAxes,
  normalizeAxis,
  type Shape,
  size,
  strides,
} from './shape.js';
import { Tensor } from './tensor.js';

/** Where one side of a copy starts (bytes) and how it steps (elements an axis). */
interface Side {
  readonly ptr: number;
  readonly strides: readonly number[];
}

const copy = (shape: Shape, from: Side, to: Side): void => {
  const loops = nest(shape, from.strides, to.strides, 3);
  const [n0, n1, n2] = loops.extents.slice(-3) as [number, number, number];
  const [s0, s1, s2] = loops.a.slice(-3) as [number, number, number];
  const [d0, d1, d2] = loops.b.slice(-3) as [number, number, number];
  const run = kernels().copy;
  walk(loops, 3, (s, d) => run(from.ptr + s, to.ptr + d, n0, n1, n2, s0, s1, s2, d0, d1, d2));
};

export const transposeShape = (shape: Shape, axes?: readonly number[]): Shape =>
  permutation(shape, axes).map((axis) => shape[axis]!);

const permutation = (shape: Shape, axes: readonly number[] | undefined): readonly number[] => {
  if (axes === undefined) return shape.map((_, i) => shape.length - 1 - i);
  if (axes.length !== shape.length || normalizeAxes(axes, shape.length).length !== shape.length) {
    throw new RingError('bad-argument', `[${axes.join(', ')}] does not order the axes of ${format(shape)}`);
  }
  return axes.map((axis) => normalizeAxis(axis, shape.length));
};

/** Axis i of the result is axis `axes[i]` of x; by default the axes are reversed. */
export const transpose = (x: Tensor, axes?: readonly number[]): Tensor => {
  const order = permutation(x.shape, axes);
  const own = strides(x.shape);
  const out = Tensor.empty(order.map((axis) => x.shape[axis]!));
  copy(
    out.shape,
    { ptr: x.ptr, strides: order.map((axis) => own[axis]!) },
    { ptr: out.ptr, strides: strides(out.shape) },
  );
  return out;
};

export const sliceShape = (shape: Shape, starts: readonly number[], ends: readonly number[]): Shape => {
  const fits = starts.length === shape.length && ends.length === shape.length;
  const inside = (n: number, i: number) =>
    Number.isInteger(starts[i]) &&
    Number.isInteger(ends[i]) &&
    0 <= starts[i]! &&
    starts[i]! <= ends[i]! &&
    ends[i]! <= n;
  if (!fits || !shape.every(inside)) {
    throw new RingError(
      'bad-argument',
      `${format(starts)} to ${format(ends)} is not a part of ${format(shape)}`,
    );
  }
  return shape.map((_, i) => ends[i]! - starts[i]!);
};

const offset = (at: readonly number[], steps: readonly number[]): number =>
  8 * at.reduce((sum, start, i) => sum + start * steps[i]!, 0);

/** The part from `starts` to `ends` (exclusive), one of each an axis. */
export const slice = (x: Tensor, starts: readonly number[], ends: readonly number[]): Tensor => {
  const out = Tensor.empty(sliceShape(x.shape, starts, ends));
  const own = strides(x.shape);
  copy(
    out.shape,
    { ptr: x.ptr + offset(starts, own), strides: own },
    { ptr: out.ptr, strides: strides(out.shape) },
  );
  return out;
};

export const takeShape = (shape: Shape, rows: readonly number[]): Shape => {
  const [count, ...rest] = shape;
  const strange = rows.find((row) => !(Number.isInteger(row) && 0 <= row && row < (count ?? 0)));
  if (count === undefined || strange !== undefined) {
    throw new RingError('bad-argument', `${format(shape)} has no row ${strange ?? 0}`);
  }
  return [rows.length, ...rest];
};

/** Rows in any order: row i of the result is row `rows[i]` of x. */
export const take = (x: Tensor, rows: readonly number[]): Tensor => {
  const out = Tensor.empty(takeShape(x.shape, rows));
  const bytes = 8 * size(x.shape.slice(1));
  const all = memory.u8();
  for (const [i, row] of rows.entries()) {
    const from = x.ptr + row * bytes;
    all.copyWithin(out.ptr + i * bytes, from, from + bytes);
  }
  return out;
};

export const concatShape = (shapes: readonly Shape[], axis: number): Shape => {
  const [first, ...others] = shapes;
  if (first === undefined) throw new RingError('bad-argument', 'nothing to concatenate');
  const at = normalizeAxis(axis, first.length);
  for (const shape of others) {
    if (shape.length !== first.length || shape.some((n, i) => i !== at && n !== first[i])) {
      throw new RingError('shape', `${format(first)} and ${format(shape)} do not join along axis ${axis}`);
    }
  }
  return first.map((n, i) => (i === at ? shapes.reduce((sum, shape) => sum + shape[at]!, 0) : n));
};

/** Tensors one after the other along an axis; their other extents agree. */
export const concat = (xs: readonly Tensor[], axis = 0): Tensor => {
  const out = Tensor.empty(
    concatShape(
      xs.map((x) => x.shape),
      axis,
    ),
  );
  const at = normalizeAxis(axis, out.shape.length);
  const steps = strides(out.shape);
  let ptr = out.ptr;
  for (const x of xs) {
    copy(x.shape, { ptr: x.ptr, strides: strides(x.shape) }, { ptr, strides: steps });
    ptr += x.shape[at]! * steps[at]! * 8;
  }
  return out;
};

export const padShape = (shape: Shape, before: readonly number[], after: readonly number[]): Shape => {
  const counts = (ns: readonly number[]) =>
    ns.length === shape.length && ns.every((n) => Number.isInteger(n) && n >= 0);
  if (!counts(before) || !counts(after)) {
    throw new RingError(
      'bad-argument',
      `cannot pad ${format(shape)} by ${format(before)} and ${format(after)}`,
    );
  }
  return shape.map((n, i) => before[i]! + n + after[i]!);
};

/** Zeros before and after, so many an axis. */
export const pad = (x: Tensor, before: readonly number[], after: readonly number[]): Tensor => {
  const out = Tensor.zeros(padShape(x.shape, before, after));
  const steps = strides(out.shape);
  copy(
    x.shape,
    { ptr: x.ptr, strides: strides(x.shape) },
    { ptr: out.ptr + offset(before, steps), strides: steps },
  );
  return out;
};

export const broadcastToShape = (shape: Shape, target: Shape): Shape => {
  const lead = target.length - shape.length;
  size(target);
  if (lead < 0 || shape.some((n, i) => n !== 1 && n !== target[i + lead])) {
    throw new RingError('shape', `${format(shape)} does not broadcast to ${format(target)}`);
  }
  return target;
};

/** x repeated along new leading axes and axes of extent 1 (NumPy's rule). */
export const broadcastTo = (x: Tensor, shape: Shape): Tensor => {
  broadcastToShape(x.shape, shape);
  if (equalShapes(x.shape, shape)) return x.reshape(shape);
  const out = Tensor.empty(shape);
  copy(
    shape,
    { ptr: x.ptr, strides: broadcastStrides(x.shape, shape) },
    { ptr: out.ptr, strides: strides(shape) },
  );
  return out;
};
