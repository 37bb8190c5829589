import { bilinear, linear } from '@triad/ring';
import { NdArray } from '../../nd-array.js';
import { countElements } from '../../shape.js';
import type { Emitter } from '../emitter.js';
import { fractionBits } from '../instruction.js';
import { registerTerm, type Value } from '../value.js';
import { combination } from './combination.js';
import type { Pieces } from './fit.js';

/** Bits of fraction of coefficients: their powers of x are up to 2^12 where they matter. */
const coefficientBits = 28;

const encoded = (x: number, bits: number): bigint => BigInt(Math.round(x * 2 ** bits));

/**
 * A piecewise polynomial. Coefficients are linear in the bits [x < threshold], so that they come with the comparison;
 * powers of x are computed meanwhile, and one sum of products ends it. 7 rounds for degree 3 or 4 (5 of the
 * comparison, 2 of the products).
 */
export const piecewise = (emitter: Emitter, x: Value, { thresholds, coefficients }: Pieces): Value => {
  const { shape } = x;
  const elements = countElements(shape);
  const input = emitter.materialise(x);
  const degree = Math.max(...coefficients.map((c) => c.length)) - 1;
  const stacked = [degree + 1, ...shape];
  const steps = Array.from({ length: degree + 1 }, (_, j) => differences(coefficients.map((c) => c[j] ?? 0)));
  const selected = emitter.emit(
    {
      op: 'below',
      input,
      elements,
      thresholds: thresholds.map((t) => encoded(t, fractionBits)),
      after: [combination(steps)],
    },
    stacked,
  );
  const last = coefficients.at(-1)!;
  const value = new NdArray(
    [degree + 1, ...shape.map(() => 1)],
    Float64Array.from({ length: degree + 1 }, (_, j) => last[j] ?? 0),
  );
  const factors = emitter.emit({ op: 'addPublic', input: selected, value, bits: coefficientBits }, stacked);
  const sum = emitter.emit(
    {
      op: 'product',
      map: bilinear.mul(),
      x: factors,
      y: powers(emitter, input, degree),
      elements: elements * (degree + 1),
      after: [linear.sum([0])],
      bits: coefficientBits,
    },
    shape,
  );
  return { shape, terms: [registerTerm(sum, shape)] };
};

/** Per threshold, what its bit changes; the values of the last piece are added publicly. */
const differences = (values: readonly number[]): bigint[] => {
  const integers = values.map((v) => encoded(v, coefficientBits));
  return integers.slice(0, -1).map((v, k) => v - integers[k + 1]!);
};

/** [degree + 1, ...shape]: 1, x, x^2, ... */
const powers = (emitter: Emitter, x: number, degree: number): number => {
  const { shape } = emitter.instructions[x]!;
  const times = (a: number, b: number): number => {
    const [elements, map] = [countElements(shape), bilinear.mul()];
    return emitter.emit({ op: 'product', map, x: a, y: b, elements, after: [], bits: fractionBits }, shape);
  };
  const one = emitter.emit({ op: 'constant', value: new NdArray([], Float64Array.of(1)) }, shape);
  const registers = [one, x];
  for (let j = 2; j <= degree; j++) registers.push(times(registers[j >> 1]!, registers[j - (j >> 1)]!));
  const row = [1, ...shape];
  const rows = registers.map((register) =>
    emitter.emit({ op: 'linear', map: linear.reshape(row), inputs: [register] }, row),
  );
  return emitter.emit({ op: 'linear', map: linear.concat(0), inputs: rows }, [degree + 1, ...shape]);
};
