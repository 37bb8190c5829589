import { RingError } from './error.js';
import { kernels } from './kernel.js';
import { allocate, memory, release } from './memory.js';
import { format, type Shape, size } from './shape.js';
import { Tensor } from './tensor.js';

/** Fraction bits unless said otherwise. */
export const defaultFractionBits = 16;

const checkBits = (bits: number): void => {
  if (!(Number.isInteger(bits) && bits >= 0 && bits < 63)) {
    throw new RingError('bad-argument', `fixed point has 0 to 62 fraction bits; got ${bits}`);
  }
};

/**
 * Reals as fixed point: x 2^f rounded to the nearest whole number, ties to the even one. Throws `range`, naming the
 * element, for NaN, infinities and |x| >= 2^(63-f).
 */
export const encode = (
  values: ArrayLike<number>,
  shape: Shape,
  fractionBits = defaultFractionBits,
): Tensor => {
  checkBits(fractionBits);
  if (values.length !== size(shape)) {
    throw new RingError('shape', `${format(shape)} takes ${size(shape)} values; got ${values.length}`);
  }
  const out = Tensor.empty(shape);
  new Float64Array(memory.wasm.buffer, out.ptr, out.size).set(values);
  const bad = kernels().encode(out.ptr, out.size, 2 ** fractionBits);
  if (bad < 0) return out;
  out.dispose();
  throw outOfRange(bad, values[bad]!, fractionBits);
};

const outOfRange = (index: number, value: number, bits: number): RingError =>
  new RingError(
    'range',
    `element ${index} is ${value}: with ${bits} fraction bits only numbers below 2^${63 - bits} in magnitude have a code`,
    { index, value },
  );

/** Fixed point as reals, row-major; each is the float64 nearest to the exact value. */
export const decode = (x: Tensor, fractionBits = defaultFractionBits): Float64Array => {
  checkBits(fractionBits);
  const bytes = x.size * 8;
  const scratch = allocate(bytes);
  kernels().decode(x.ptr, scratch, x.size, 2 ** -fractionBits);
  const values = new Float64Array(memory.wasm.buffer, scratch, x.size).slice();
  release(scratch, bytes);
  return values;
};
