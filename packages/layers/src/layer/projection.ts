import { conv2d, matmul, reshape, transpose } from '../op.js';
import type { Variable } from '../program.js';

/**
 * The last axis of x [batch, ..., in] times a matrix [in, out]: [batch, ..., out]. With axes between it is a
 * convolution of 1 by 1, so that it is one product whatever the batch.
 */
export const projection = (x: Variable, w: Variable): Variable => {
  const [batch, ...rest] = x.shape as [number | null, ...number[]];
  if (rest.length === 1) return matmul(x, w);
  const [places, [width, size]] = [rest.slice(0, -1), w.shape as readonly number[]];
  const count = places.reduce((n, d) => n * d, 1);
  const images = transpose(reshape(x, [batch, count, 1, width!]), [0, 3, 1, 2]);
  const filters = reshape(transpose(w), [size!, width!, 1, 1]);
  return reshape(transpose(conv2d(images, filters), [0, 2, 3, 1]), [batch, ...places, size!]);
};
