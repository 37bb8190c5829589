import type { FunctionName } from '../function/function.js';
import { applyFunction, mul, type RangeOptions, scale, sub } from '../op.js';
import type { Variable } from '../program.js';

interface Point {
  readonly x: Variable;
  /** The function's value at x. */
  readonly y: Variable;
  /** What is promised of x. */
  readonly range: RangeOptions;
}

const square = (x: Variable): Variable => mul(x, x);

/** Derivatives, as far as they can by the value that is there already. */
export const derivatives: Readonly<Record<FunctionName, (point: Point) => Variable>> = {
  exp: ({ y }) => y,
  log: ({ x, range }) => applyFunction('reciprocal', x, range),
  reciprocal: ({ y }) => scale(square(y), -1),
  rsqrt: ({ y }) => scale(mul(square(y), y), -0.5),
  sqrt: ({ x, range }) => scale(applyFunction('rsqrt', x, range), 0.5),
  sigmoid: ({ y }) => sub(y, square(y)),
  sigmoidThreePieces: ({ y }) => sub(y, square(y)),
  sigmoidFivePieces: ({ y }) => sub(y, square(y)),
  softplus: ({ x }) => applyFunction('sigmoid', x),
  tanh: ({ y }) => sub(1, square(y)),
  gelu: ({ x }) => applyFunction('geluDerivative', x),
  geluDerivative: ({ x }) => bell(x),
};

/** gelu'' = (2 - x^2) phi(x). */
const bell = (x: Variable): Variable => {
  const density = scale(applyFunction('exp', scale(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return mul(sub(2, square(x)), density);
};
