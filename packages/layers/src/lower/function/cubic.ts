import { bilinear, linear } from '@triad/ring';
import { NdArray } from '../../nd-array.js';
import { countElements } from '../../shape.js';
import type { Emitter } from '../emitter.js';
import { fractionBits } from '../instruction.js';
import { registerTerm, type Value } from '../value.js';
import { cuts, type Fit, interpolate } from './fit.js';
import { type Row, reshaped, rowsOf, selectRows, stack } from './selection.js';

/** A piece: c0 + c1 u + c2 u^2 + c3 u^3 of u = 2^-log x - middle, |u| <= 1/2. */
interface Cubic {
  readonly log: number;
  readonly middle: number;
  readonly coefficients: readonly number[];
}

export interface Cubics {
  /** Ascending: piece k is for x < thresholds[k], the last one for the rest. */
  readonly thresholds: readonly number[];
  readonly pieces: readonly Cubic[];
  /** When it is the same for all pieces. */
  readonly log: number | undefined;
}

/** Bits of fraction of u and its square. */
const localBits = 20;

/** Lengths of pieces may differ by this much before each gets a scale of its own. */
const alike = 8;

/** f on pieces; with `zeroBelow`, 0 below them. */
export const fitCubics = (fit: Fit, zeroBelow: boolean): Cubics => {
  const ends = cuts(fit);
  const lengths = ends.slice(1).map((to, i) => to - ends[i]!);
  const longest = Math.ceil(Math.log2(Math.max(...lengths)));
  const same = 2 ** longest <= alike * Math.min(...lengths) && longest <= localBits - fractionBits;
  const inner = lengths.map((length, i) => {
    const log = same ? longest : Math.ceil(Math.log2(length));
    const middle = ends[i]! + length / 2;
    const [scale, half] = [2 ** log, length / 2 ** (log + 1)];
    const coefficients = interpolate((u) => fit.f(middle + scale * u), -half, half, fit.degree);
    return { log, middle: middle / scale, coefficients };
  });
  const zero = { ...inner[0]!, coefficients: [0, 0, 0, 0] };
  return {
    thresholds: ends.slice(zeroBelow ? 0 : 1, -1),
    pieces: zeroBelow ? [zero, ...inner] : inner,
    log: same ? longest : undefined,
  };
};

/**
 * A piecewise cubic, for what powers of x have no room for. x is moved, and unless all pieces have one length scaled, to |u| <=
 * 1/2 by numbers selected as the coefficients are; then c0 + c1 u + (c2 + c3 u) u^2. 9 rounds, or 11 if x is scaled.
 */
export const cubic = (emitter: Emitter, x: Value, { thresholds, pieces, log }: Cubics): Value => {
  const { shape } = x;
  const elements = countElements(shape);
  const [input, map] = [emitter.materialise(x), bilinear.mul()];
  const bits = coefficientBits(pieces);
  const coefficients = [0, 1, 2, 3].map(
    (j): Row => ({ values: pieces.map((p) => p.coefficients[j]!), bits }),
  );
  const middles = { values: pieces.map((p) => p.middle), bits: localBits };
  const scaleBits = Math.max(localBits - fractionBits, ...pieces.map((p) => p.log));
  const scales = { values: pieces.map((p) => 2 ** -p.log), bits: scaleBits };
  const rows = selectRows(
    emitter,
    input,
    thresholds,
    [...coefficients, middles, scales].slice(0, log === undefined ? 6 : 5),
  );
  const row = (k: number): number => reshaped(emitter, rowsOf(emitter, rows, k, k + 1), shape);
  const times = (a: number, b: number, cut: number): number =>
    emitter.emit({ op: 'product', map, x: a, y: b, elements, after: [], bits: cut }, shape);
  const scaled =
    log === undefined
      ? times(input, row(5), fractionBits + scaleBits - localBits)
      : emitter.emit(
          { op: 'linear', map: linear.scale(1n << BigInt(localBits - fractionBits - log)), inputs: [input] },
          shape,
        );
  const u = emitter.emit({ op: 'linear', map: linear.sub(), inputs: [scaled, row(4)] }, shape);
  const upper = emitter.emit(
    { op: 'linear', map: linear.add(), inputs: [row(2), times(row(3), u, localBits)] },
    shape,
  );
  const one = emitter.emit(
    { op: 'constant', value: new NdArray([], Float64Array.of(2 ** (localBits - fractionBits))) },
    shape,
  );
  const sum = emitter.emit(
    {
      op: 'product',
      map,
      x: stack(emitter, [row(0), row(1), upper]),
      y: stack(emitter, [one, u, times(u, u, localBits)]),
      elements: 3 * elements,
      after: [linear.sum([0])],
      bits: bits + localBits - fractionBits,
    },
    shape,
  );
  return { shape, terms: [registerTerm(sum, shape)] };
};

/** Bits of fraction of coefficients: what leaves room for their products with u. */
const coefficientBits = (pieces: readonly Cubic[]): number => {
  const largest = Math.max(...pieces.flatMap((p) => p.coefficients.map(Math.abs)));
  return Math.min(26, 59 - localBits - Math.ceil(Math.log2(largest)));
};
