import { linear } from '@triad/ring';
import { NdArray } from '../../nd-array.js';
import { type BoundShape, countElements } from '../../shape.js';
import type { Emitter } from '../emitter.js';
import { fractionBits } from '../instruction.js';
import { combination } from './combination.js';

/** Public numbers, each with its bits of fraction, one per piece. */
export interface Row {
  readonly values: readonly number[];
  readonly bits: number;
}

export const encoded = (x: number, bits: number): bigint => BigInt(Math.round(x * 2 ** bits));

/**
 * Per element the numbers of the piece that x is in, [rows, ...shape]: piece k is for x < thresholds[k], the last one for the
 * rest. Numbers are linear in the bits [x < threshold], so that they come with the comparison.
 */
export const selectRows = (
  emitter: Emitter,
  x: number,
  thresholds: readonly number[],
  rows: readonly Row[],
): number => {
  const { shape } = emitter.instructions[x]!;
  const stacked = [rows.length, ...shape];
  const integers = rows.map(({ values, bits }) => values.map((v) => encoded(v, bits)));
  const selected = emitter.emit(
    {
      op: 'below',
      input: x,
      elements: countElements(shape),
      thresholds: thresholds.map((t) => encoded(t, fractionBits)),
      after: [combination(integers.map(differences))],
    },
    stacked,
  );
  const last = Float64Array.from(integers, (row) => Number(row.at(-1)!));
  const value = new NdArray([rows.length, ...shape.map(() => 1)], last);
  return emitter.emit({ op: 'addPublic', input: selected, value, bits: 0 }, stacked);
};

/** Per threshold, what its bit changes; the values of the last piece are added publicly. */
const differences = (values: readonly bigint[]): bigint[] =>
  values.slice(0, -1).map((v, k) => v - values[k + 1]!);

/** Rows `start` to `end` of a stack. */
export const rowsOf = (emitter: Emitter, stack: number, start: number, end: number): number => {
  const { shape } = emitter.instructions[stack]!;
  const from = shape.map((_, axis) => (axis === 0 ? start : 0));
  const map = linear.slice(from, [end, ...shape.slice(1)]);
  return emitter.emit({ op: 'linear', map, inputs: [stack] }, [end - start, ...shape.slice(1)]);
};

/** Registers of one shape, one above the other: [rows, ...shape]. */
export const stack = (emitter: Emitter, registers: readonly number[]): number => {
  const { shape } = emitter.instructions[registers[0]!]!;
  const row: BoundShape = [1, ...shape];
  const rows = registers.map((register) => reshaped(emitter, register, row));
  const out = [registers.length, ...shape];
  return emitter.emit({ op: 'linear', map: linear.concat(0), inputs: rows }, out);
};

export const reshaped = (emitter: Emitter, register: number, shape: BoundShape): number =>
  emitter.emit({ op: 'linear', map: linear.reshape(shape), inputs: [register] }, shape);
