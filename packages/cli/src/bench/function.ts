import { gradients, layers, type Variable } from '@triad/layers';

/** A function as `triad bench accuracy` measures it. */
export interface MeasuredFunction {
  readonly name: string;
  /** Of columns [count, columns]. */
  readonly compute: (x: Variable) => Variable;
  readonly columns: readonly Float64Array[];
  /** Of the first column. */
  readonly range: readonly [low: number, high: number];
  /** The error stated for this range, relative to results above 1. */
  readonly stated: number;
  /** Rounds stated elsewhere, by whom. */
  readonly published?: Readonly<Record<string, number>>;
}

const count = 20_000;
const unit = 2 ** -16;

const rounded = (x: number): number => Math.round(x / unit) * unit;

const spread = (size: number, at: (t: number) => number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => rounded(at(i / (size - 1))));

/** Evenly, from low to high. */
const even = (size: number, low: number, high: number): Float64Array =>
  spread(size, (t) => low + (high - low) * t);

/** Each the same multiple of the one before, from low to high, of one sign. */
const byRatio = (size: number, low: number, high: number): Float64Array =>
  spread(size, (t) => low * (high / low) ** t);

const joined = (...parts: readonly Float64Array[]): Float64Array =>
  Float64Array.from(parts.flatMap((part) => [...part]));

/** Densely where a function bends, and out to both ends of the range by ratio. */
const aroundZero = (low: number, high: number): Float64Array =>
  joined(
    byRatio(count / 4, low, -unit),
    even(count / 2, Math.max(low, -20), Math.min(high, 20)),
    byRatio(count / 4, unit, high),
  );

const ofAll = (
  name: string,
  f: (x: Variable) => Variable,
  [low, high]: readonly [number, number],
  stated: number,
): MeasuredFunction => ({
  name,
  compute: f,
  columns: [low < 0 ? aroundZero(low, high) : byRatio(count, low, high)],
  range: [low, high],
  stated,
});

const ofColumns = (
  name: string,
  f: (x: Variable) => Variable,
  columns: readonly Float64Array[],
  stated: number,
): MeasuredFunction => ({
  name,
  compute: f,
  columns,
  range: [columns[0]!.reduce((x, y) => Math.min(x, y)), columns[0]!.reduce((x, y) => Math.max(x, y))],
  stated,
});

const column = (x: Variable, k: number): Variable => layers.slice(x, [0, k], [count, k + 1]);

const fine = 2 ** -14;
const positive = [2 ** -10, 2 ** 16] as const;
const wide = [-(2 ** 20), 2 ** 20] as const;
const moderate = [-(2 ** 16), 2 ** 16] as const;

/** Numerators of quotients: up to 100, and no quotient above 100. */
const denominators = byRatio(count, ...positive);
const numerators = denominators.map((y, i) => rounded(((i % 201) - 100) * Math.min(y, 1)));

const classes = 10;
/** Logits of either sign within 8, in no order. */
const logits = Array.from({ length: classes }, (_, k) =>
  spread(count, (t) => 8 * Math.sin((k + 1) * 1e5 * t + k)),
);

/** Every function of secrets on the range it promises when none is given. */
export const measuredFunctions: readonly MeasuredFunction[] = [
  { ...ofAll('less than 0', (x) => layers.less(x, 0), wide, unit), published: { SPU: 8, PaddleFL: 14 } },
  { ...ofAll('relu', layers.relu, wide, unit), published: { PaddleFL: 18 } },
  ofAll('exp', layers.exp, [-(2 ** 20), 10], fine),
  ofAll('log', layers.log, positive, fine),
  ofAll('reciprocal', layers.reciprocal, positive, fine),
  {
    ...ofColumns(
      'division',
      (x) => layers.division(column(x, 1), column(x, 0)),
      [denominators, numerators],
      fine,
    ),
    published: { PaddleFL: 720 },
  },
  ofAll('sqrt', layers.sqrt, positive, fine),
  { ...ofAll('rsqrt', layers.rsqrt, positive, fine), published: { PaddleFL: 3600 } },
  { ...ofAll('sigmoid', layers.sigmoid, wide, fine), published: { PaddleFL: 59 } },
  ofAll('sigmoidThreePieces', layers.sigmoidThreePieces, wide, fine),
  ofAll('sigmoidFivePieces', layers.sigmoidFivePieces, wide, fine),
  ofAll('softplus', layers.softplus, moderate, fine),
  ofAll('tanh', layers.tanh, wide, fine),
  ofAll('gelu', layers.gelu, moderate, fine),
  ofAll('the derivative of gelu', (x) => gradients(layers.sum(layers.gelu(x)), [x])[0]!, moderate, fine),
  { ...ofColumns('softmax of 10', layers.softmax, logits, 2 ** -12), published: { PaddleFL: 590 } },
];
