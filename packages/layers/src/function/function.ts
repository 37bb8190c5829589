import { erf, erfDerivative, exp, log, sigmoid } from './float.js';

/** A function of one number that can be computed on secrets. */
export interface NumberFunction {
  /** Its float64 definition. */
  readonly evaluate: (x: number) => number;
  /** Arguments it can be computed for at all. */
  readonly low: number;
  readonly high: number;
  /** The range used when none is promised. */
  readonly range: readonly [low: number, high: number];
}

export type FunctionName =
  | 'exp'
  | 'log'
  | 'reciprocal'
  | 'rsqrt'
  | 'sqrt'
  | 'sigmoid'
  | 'sigmoidThreePieces'
  | 'sigmoidFivePieces'
  | 'softplus'
  | 'tanh'
  | 'gelu'
  | 'geluDerivative';

const clamp = (x: number): number => Math.min(1, Math.max(0, x));

/** f(|x|) for the sigmoid of five lines, by Amin, Curtis and Hayes-Gill (PLAN, 1997). */
const fivePieces = (x: number): number => {
  if (x < 0) return 1 - fivePieces(-x);
  if (x < 1) return x / 4 + 0.5;
  if (x < 2.375) return x / 8 + 0.625;
  return x < 5 ? x / 32 + 0.84375 : 1;
};

/** Where x itself is a part of the result, it leaves less room. */
const moderate = { low: -(2 ** 16), high: 2 ** 16, range: [-(2 ** 16), 2 ** 16] } as const;
const anywhere = { low: -(2 ** 30), high: 2 ** 30, range: [-(2 ** 20), 2 ** 20] } as const;

export const functions: Readonly<Record<FunctionName, NumberFunction>> = {
  exp: { evaluate: exp, low: -(2 ** 30), high: 20, range: [-(2 ** 20), 10] },
  log: { evaluate: log, low: 2 ** -14, high: 2 ** 24, range: [2 ** -10, 2 ** 16] },
  reciprocal: { evaluate: (x) => 1 / x, low: 2 ** -14, high: 2 ** 24, range: [2 ** -10, 2 ** 16] },
  rsqrt: { evaluate: (x) => 1 / Math.sqrt(x), low: 2 ** -14, high: 2 ** 24, range: [2 ** -10, 2 ** 16] },
  sqrt: { evaluate: Math.sqrt, low: 2 ** -14, high: 2 ** 24, range: [2 ** -10, 2 ** 16] },
  sigmoid: { evaluate: sigmoid, ...anywhere },
  sigmoidThreePieces: { evaluate: (x) => clamp(x + 0.5), ...anywhere },
  sigmoidFivePieces: { evaluate: fivePieces, ...anywhere },
  softplus: { evaluate: (x) => Math.max(x, 0) + log(1 + exp(-Math.abs(x))), ...moderate },
  tanh: { evaluate: (x) => 2 * sigmoid(2 * x) - 1, ...anywhere },
  gelu: { evaluate: (x) => x * normal(x), ...moderate },
  geluDerivative: {
    evaluate: (x) => normal(x) + (x * erfDerivative(x / Math.SQRT2)) / 2 / Math.SQRT2,
    ...anywhere,
  },
};

/** The distribution function of the standard normal distribution. */
const normal = (x: number): number => (1 + erf(x / Math.SQRT2)) / 2;
