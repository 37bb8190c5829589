import { RingError } from './error.js';
import { kernels } from './kernel.js';
import { format, normalizeAxes, type Shape } from './shape.js';
import { Tensor } from './tensor.js';

/** Shape of `sum`. */
export const sumShape = (shape: Shape, axes?: readonly number[], keepDims = false): Shape => {
  const summed = new Set(normalizeAxes(axes, shape.length));
  return keepDims ? shape.map((n, i) => (summed.has(i) ? 1 : n)) : shape.filter((_, i) => !summed.has(i));
};

/** The sum over some axes (all by default; negative ones count from the end), which go away unless `keepDims`. */
export const sum = (x: Tensor, axes?: readonly number[], keepDims = false): Tensor => {
  const shape = sumShape(x.shape, axes, keepDims);
  return sumRuns(x, runs(x.shape, normalizeAxes(axes, x.shape.length)), shape);
};

/** The sum over the axes along which `shape` was broadcast to the shape of x. */
export const sumTo = (x: Tensor, shape: Shape): Tensor => {
  const lead = x.shape.length - shape.length;
  if (lead < 0 || shape.some((n, i) => n !== 1 && n !== x.shape[i + lead])) {
    throw new RingError('shape', `${format(shape)} does not broadcast to ${format(x.shape)}`);
  }
  const axes = x.shape.flatMap((n, i) => (i < lead || shape[i - lead] !== n ? [i] : []));
  return sumRuns(x, runs(x.shape, axes), shape);
};

/** Alternating runs of kept and summed axes as one extent each: kept, summed, kept, summed, ..., kept. */
const runs = (shape: Shape, axes: readonly number[]): number[] => {
  const out = [1];
  let summing = false;
  shape.forEach((n, i) => {
    if (axes.includes(i) !== summing) {
      out.push(1);
      summing = !summing;
    }
    out[out.length - 1]! *= n;
  });
  if (summing) out.push(1);
  return out;
};

const sumRuns = (x: Tensor, extents: readonly number[], shape: Shape): Tensor => {
  if (extents.length === 1) return copyOf(x, shape);
  const [outer, n, ...rest] = extents as [number, number, ...number[]];
  const inner = rest.reduce((a, b) => a * b, 1);
  const last = rest.length === 1;
  const out = Tensor.empty(last ? shape : [outer * inner]);
  kernels().sum(x.ptr, out.ptr, outer, n, inner);
  if (last) return out;
  const total = sumRuns(out, [outer * rest[0]!, ...rest.slice(1)], shape);
  out.dispose();
  return total;
};

const copyOf = (x: Tensor, shape: Shape): Tensor => {
  const out = Tensor.empty(shape);
  out.bytes().set(x.bytes());
  return out;
};
