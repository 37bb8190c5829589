import { bilinear, linear } from '@triad/ring';
import { NdArray } from '../../nd-array.js';
import { countElements } from '../../shape.js';
import type { Emitter } from '../emitter.js';
import { fractionBits } from '../instruction.js';
import { registerTerm, type Value } from '../value.js';
import { cuts, type Fit, interpolate } from './fit.js';
import { selectRows, stack } from './selection.js';

/** A function by polynomials between thresholds. */
export interface Pieces {
  /** Ascending: piece k is for x < thresholds[k], the last one for the rest. */
  readonly thresholds: readonly number[];
  /** Per piece the coefficients of 1, x, x^2, ... */
  readonly coefficients: readonly (readonly number[])[];
  /** Bits of fraction of the powers of x. */
  readonly powerBits: number;
}

/** Polynomials outside of what is fitted; without them the first and last piece go on. */
export interface Ends {
  readonly below?: readonly number[];
  readonly above?: readonly number[];
}

/** A line that goes on for ever leaves less room for fractions than what vanishes. */
const powerBits = ({ below = [], above = [] }: Ends): number =>
  below.length > 1 || above.length > 1 ? fractionBits : 20;

export const fitPieces = (fit: Fit, ends: Ends): Pieces => {
  const { below, above } = ends;
  const points = cuts(fit);
  const inner = points.slice(1).map((to, i) => interpolate(fit.f, points[i]!, to, fit.degree));
  return {
    thresholds: points.slice(below === undefined ? 1 : 0, above === undefined ? -1 : undefined),
    coefficients: [below, ...inner, above].filter((piece) => piece !== undefined),
    powerBits: powerBits(ends),
  };
};

/** Bits of fraction of coefficients: their powers of x are up to 2^14 where they matter. */
const coefficientBits = 28;

/**
 * A piecewise polynomial. Coefficients are selected while powers of x are computed, and one sum of products ends it. 7
 * rounds for degree 3 or 4: 5 of the comparison, 2 of the products.
 */
export const piecewise = (emitter: Emitter, x: Value, pieces: Pieces): Value => {
  const { thresholds, coefficients, powerBits } = pieces;
  const { shape } = x;
  const input = emitter.materialise(x);
  const degree = Math.max(...coefficients.map((c) => c.length)) - 1;
  const rows = Array.from({ length: degree + 1 }, (_, j) => ({
    values: coefficients.map((c) => c[j] ?? 0),
    bits: coefficientBits,
  }));
  const sum = emitter.emit(
    {
      op: 'product',
      map: bilinear.mul(),
      x: selectRows(emitter, input, thresholds, rows),
      y: powers(emitter, input, degree, powerBits),
      elements: countElements(shape) * (degree + 1),
      after: [linear.sum([0])],
      bits: coefficientBits + powerBits - fractionBits,
    },
    shape,
  );
  return { shape, terms: [registerTerm(sum, shape)] };
};

/** [degree + 1, ...shape]: 1, x, x^2, ... */
const powers = (emitter: Emitter, x: number, degree: number, bits: number): number => {
  const { shape } = emitter.instructions[x]!;
  const [elements, map, finer] = [countElements(shape), bilinear.mul(), bits - fractionBits];
  const times = (a: number, b: number): number =>
    emitter.emit({ op: 'product', map, x: a, y: b, elements, after: [], bits }, shape);
  const first = linear.scale(1n << BigInt(finer));
  const one = emitter.emit({ op: 'constant', value: new NdArray([], Float64Array.of(2 ** finer)) }, shape);
  const registers = [one, emitter.emit({ op: 'linear', map: first, inputs: [x] }, shape)];
  for (let j = 2; j <= degree; j++) registers.push(times(registers[j >> 1]!, registers[j - (j >> 1)]!));
  return stack(emitter, registers);
};
