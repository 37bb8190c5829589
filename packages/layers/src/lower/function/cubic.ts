import { bilinear, type Linear, linear } from '@triad/ring';
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

/** Lengths of pieces may differ by this much before each gets a scale of its own; the last one ends where it must. */
const alike = 8;

/** Functions on ranges that follow each other, by pieces; with `zeroBelow`, 0 below them. */
export const fitCubics = (fits: readonly Fit[], zeroBelow: boolean): Cubics => {
  const spans = fits.flatMap((fit) => spansOf(fit));
  const lengths = spans.map(({ from, to }) => to - from);
  const longest = Math.ceil(Math.log2(Math.max(...lengths)));
  const shortest = Math.min(...(lengths.length > 1 ? lengths.slice(0, -1) : lengths));
  const same = 2 ** longest <= alike * shortest && longest <= localBits - fractionBits;
  const inner = spans.map((span) =>
    pieceOn(span, same ? longest : Math.ceil(Math.log2(span.to - span.from))),
  );
  const zero = { ...inner[0]!, coefficients: [0, 0, 0, 0] };
  return {
    thresholds: spans.map(({ from }) => from).slice(zeroBelow ? 0 : 1),
    pieces: zeroBelow ? [zero, ...inner] : inner,
    log: same ? longest : undefined,
  };
};

interface Span {
  readonly fit: Fit;
  readonly from: number;
  readonly to: number;
}

const spansOf = (fit: Fit): Span[] => {
  const ends = cuts(fit);
  return ends.slice(1).map((to, i) => ({ fit, from: ends[i]!, to }));
};

const pieceOn = ({ fit, from, to }: Span, log: number): Cubic => {
  const [scale, middle, half] = [2 ** log, (from + to) / 2, (to - from) / 2 ** (log + 1)];
  const coefficients = interpolate((u) => fit.f(middle + scale * u), -half, half, fit.degree);
  return { log, middle: middle / scale, coefficients };
};

/** A piecewise cubic of a register, and what else is selected by the piece. */
export interface Evaluated {
  /** At scale f. */
  readonly register: number;
  /** Per extra row. */
  readonly selected: readonly number[];
}

/**
 * A piecewise cubic, for what powers of x have no room for. x is moved, and unless all pieces have one length scaled, to |u| <=
 * 1/2 by numbers selected as the coefficients are; then c0 + c1 u + (c2 + c3 u) u^2. 9 rounds, or 11 if x is scaled.
 */
export const evaluateCubics = (
  emitter: Emitter,
  input: number,
  { thresholds, pieces, log }: Cubics,
  extra: readonly Row[] = [],
): Evaluated => {
  const { shape } = emitter.instructions[input]!;
  const elements = countElements(shape);
  const bits = coefficientBits(pieces);
  const coefficients = [0, 1, 2, 3].map(
    (j): Row => ({ values: pieces.map((p) => p.coefficients[j]!), bits }),
  );
  const middles = { values: pieces.map((p) => p.middle), bits: localBits };
  const scaleBits = Math.max(localBits - fractionBits, ...pieces.map((p) => p.log));
  const scales = { values: pieces.map((p) => 2 ** -p.log), bits: scaleBits };
  const wanted = [...coefficients, middles, ...extra, ...(log === undefined ? [scales] : [])];
  const rows = selectRows(emitter, input, thresholds, wanted);
  const row = (k: number): number => reshaped(emitter, rowsOf(emitter, rows, k, k + 1), shape);
  const times = (x: number, y: number, cut: number): number =>
    emitter.emit({ op: 'product', map: bilinear.mul(), x, y, elements, after: [], bits: cut }, shape);
  const local = (map: Linear, ...inputs: readonly number[]): number =>
    emitter.emit({ op: 'linear', map, inputs }, shape);
  const scaled =
    log === undefined
      ? times(input, row(wanted.length - 1), fractionBits + scaleBits - localBits)
      : local(linear.scale(1n << BigInt(localBits - fractionBits - log)), input);
  const u = local(linear.sub(), scaled, row(4));
  const upper = local(linear.add(), row(2), times(row(3), u, localBits));
  const unit = new NdArray([], Float64Array.of(2 ** (localBits - fractionBits)));
  const one = emitter.emit({ op: 'constant', value: unit }, shape);
  const register = emitter.emit(
    {
      op: 'product',
      map: bilinear.mul(),
      x: stack(emitter, [row(0), row(1), upper]),
      y: stack(emitter, [one, u, times(u, u, localBits)]),
      elements: 3 * elements,
      after: [linear.sum([0])],
      bits: bits + localBits - fractionBits,
    },
    shape,
  );
  return { register, selected: extra.map((_, k) => row(5 + k)) };
};

/** A function of a value by cubics. */
export const cubic = (emitter: Emitter, x: Value, cubics: Cubics): Value => {
  const { register } = evaluateCubics(emitter, emitter.materialise(x), cubics);
  return { shape: x.shape, terms: [registerTerm(register, x.shape)] };
};

/** Bits of fraction of coefficients: what leaves room for their products with u. */
const coefficientBits = (pieces: readonly Cubic[]): number => {
  const largest = Math.max(...pieces.flatMap((p) => p.coefficients.map(Math.abs)));
  return Math.min(26, 59 - localBits - Math.ceil(Math.log2(largest)));
};
