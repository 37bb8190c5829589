import { RingError } from './error.js';
import { kernels } from './kernel.js';
import { allocate, release } from './memory.js';
import { format, type Shape, size } from './shape.js';
import { Tensor } from './tensor.js';

const scratchBytes = 512;

/** Words in one bit plane of n elements. */
export const planeWords = (n: number): number => Math.ceil(n / 64);

/**
 * The bits of n words as 64 planes of ceil(n / 64) words, [64, planeWords(n)]: bit i of word w in plane j is bit j of
 * element 64 w + i (row-major). Lanes past the last element are zero.
 */
export const toBitPlanes = (x: Tensor): Tensor => {
  const out = Tensor.empty([64, planeWords(x.size)]);
  const scratch = allocate(scratchBytes);
  kernels().toBitPlanes(x.ptr, out.ptr, x.size, scratch);
  release(scratch, scratchBytes);
  return out;
};

/** The words of `shape` whose planes these are: the inverse of toBitPlanes. */
export const fromBitPlanes = (planes: Tensor, shape: Shape): Tensor => {
  const words = planeWords(size(shape));
  if (planes.shape.length !== 2 || planes.shape[0] !== 64 || planes.shape[1] !== words) {
    throw new RingError('shape', `${format(shape)} has planes [64, ${words}]; got ${format(planes.shape)}`);
  }
  const out = Tensor.empty(shape);
  const scratch = allocate(scratchBytes);
  kernels().fromBitPlanes(planes.ptr, out.ptr, out.size, scratch);
  release(scratch, scratchBytes);
  return out;
};
