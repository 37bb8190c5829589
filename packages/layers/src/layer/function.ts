import type { FunctionName } from '../function/function.js';
import { applyFunction, type FunctionOptions, less, mul, sub } from '../op.js';
import type { Variable } from '../program.js';

const named =
  (name: FunctionName) =>
  (x: Variable, range?: FunctionOptions): Variable =>
    applyFunction(name, x, range);

/** e^x. */
export const exp = named('exp');
/** The natural logarithm of x > 0. */
export const log = named('log');
/** 1 / x for x > 0. */
export const reciprocal = named('reciprocal');
/** 1 / sqrt(x) for x > 0. */
export const rsqrt = named('rsqrt');
/** The square root of x > 0; 0 below the range. */
export const sqrt = named('sqrt');
/** 1 / (1 + e^-x). */
export const sigmoid = named('sigmoid');
/** The sigmoid by three lines: x + 1/2, cut at 0 and 1 (Mohassel, Zhang: SecureML, 2017). */
export const sigmoidThreePieces = named('sigmoidThreePieces');
/** The sigmoid by lines of slope 1/4, 1/8, 1/32 and 0 on either side (Amin, Curtis, Hayes-Gill 1997). */
export const sigmoidFivePieces = named('sigmoidFivePieces');
/** log(1 + e^x). */
export const softplus = named('softplus');
export const tanh = named('tanh');
/** x times the standard normal distribution function at x. */
export const gelu = named('gelu');

/** x where it is above 0, else 0. */
export const relu = (x: Variable): Variable => sub(x, mul(less(x, 0), x));

/** |x|. */
export const abs = (x: Variable): Variable => sub(x, mul(less(x, 0), mul(x, 2)));
