import { type FunctionName, functions } from '../../function/function.js';
import { misuse } from '../../misuse.js';
import type { Attributes } from '../../node/node.js';
import type { Emitter } from '../emitter.js';
import type { Value } from '../value.js';
import { type Fit, fit, type Pieces } from './fit.js';
import { piecewise } from './piecewise.js';

/** Smooth functions with simple ends. */
const fits: Partial<Record<FunctionName, Omit<Fit, 'f'>>> = {
  sigmoid: { low: -12, high: 12, below: [0], above: [1] },
  softplus: { low: -12, high: 12, below: [0], above: [0, 1] },
  tanh: { low: -6.5, high: 6.5, below: [-1], above: [1] },
  gelu: { low: -5, high: 5, below: [0], above: [0, 1] },
  geluDerivative: { low: -5.5, high: 5.5, below: [0], above: [1] },
};

const lines: Partial<Record<FunctionName, Pieces>> = {
  sigmoidThreePieces: { thresholds: [-0.5, 0.5], coefficients: [[0], [0.5, 1], [1]] },
  sigmoidFivePieces: {
    thresholds: [-5, -2.375, -1, 1, 2.375, 5],
    coefficients: [
      [0],
      [0.15625, 1 / 32],
      [0.375, 1 / 8],
      [0.5, 1 / 4],
      [0.625, 1 / 8],
      [0.84375, 1 / 32],
      [1],
    ],
  },
};

const fitted = new Map<string, Pieces>();

/** A function's pieces, fitted once. */
const piecesOf = (name: FunctionName): Pieces | undefined => {
  const known = lines[name] ?? fitted.get(name);
  const ends = fits[name];
  if (known !== undefined || ends === undefined) return known;
  const pieces = fit({ ...ends, f: functions[name].evaluate });
  fitted.set(name, pieces);
  return pieces;
};

/** f(x), element by element. */
export const lowerFunction = (emitter: Emitter, { name }: Attributes['function'], x: Value): Value => {
  const pieces = piecesOf(name);
  if (pieces !== undefined) return piecewise(emitter, x, pieces);
  throw misuse(`${name}`, '');
};
