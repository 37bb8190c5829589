import { type FunctionName, functions } from './function/function.js';
import type { Convolution, Recipient, Windows } from './node/node.js';
import { defaultMainProgram, type Program, Variable } from './program.js';
import type { Schedule } from './schedule.js';
import { type BoundShape, countElements, repeatedAxes, type SymbolicShape, sameShape } from './shape.js';

/** What arithmetic takes: a value, or a public number. */
export type Operand = Variable | number;

/** A public value: a number, or numbers in row-major order with their shape (default: a vector). */
export const constant = (values: number | readonly number[], shape?: BoundShape): Variable =>
  constantIn(defaultMainProgram(), values, shape ?? (typeof values === 'number' ? [] : [values.length]));

/** A public value of a given program; one number fills the shape. */
export const constantIn = (
  program: Program,
  values: number | readonly number[],
  shape: BoundShape,
): Variable => {
  const list =
    typeof values === 'number' ? new Array<number>(countElements(shape)).fill(values) : [...values];
  return program.append('constant', [], { shape: [...shape], values: list });
};

const binary =
  (kind: 'add' | 'sub' | 'mul' | 'less') =>
  (x: Operand, y: Operand): Variable => {
    const { program } =
      x instanceof Variable ? x : y instanceof Variable ? y : { program: defaultMainProgram() };
    const [a, b] = [x, y].map((v) => (v instanceof Variable ? v : constantIn(program, v, [])));
    return program.append(kind, [a!, b!], {});
  };

/** x + y, broadcasting. */
export const add = binary('add');
/** x - y, broadcasting. */
export const sub = binary('sub');
/** x * y element by element, broadcasting. */
export const mul = binary('mul');

/** 1 where x < y, else 0; broadcasting. */
export const less = binary('less');
/** 1 where x > y, else 0. */
export const greater = (x: Operand, y: Operand): Variable => less(y, x);
/** 1 where x <= y, else 0. */
export const lessEqual = (x: Operand, y: Operand): Variable => sub(1, less(y, x));
/** 1 where x >= y, else 0. */
export const greaterEqual = (x: Operand, y: Operand): Variable => sub(1, less(x, y));
/** 1 where x differs from y, else 0. */
export const notEqual = (x: Operand, y: Operand): Variable => add(less(x, y), less(y, x));
/** 1 where x equals y, else 0. */
export const equal = (x: Operand, y: Operand): Variable => sub(1, notEqual(x, y));

/** x where the condition is 1, y where it is 0. */
export const select = (condition: Variable, x: Operand, y: Operand): Variable =>
  add(y, mul(condition, sub(x, y)));

/** The smaller of both, element by element. */
export const minimum = (x: Operand, y: Operand): Variable => select(less(x, y), x, y);
/** The larger of both, element by element. */
export const maximum = (x: Operand, y: Operand): Variable => select(less(x, y), y, x);

/** x times a public number that changes from step to step. */
export const scheduled = (x: Variable, schedule: Schedule): Variable =>
  x.program.append('scheduled', [x], { schedule });

/** x, which counts as constant in gradients. */
export const detach = (x: Variable): Variable => x.program.append('detach', [x], {});

/** The value, whose gradient with respect to x is taken to be the slope (both broadcast to x). */
export const withSlope = (value: Variable, x: Variable, slope: Variable): Variable =>
  value.program.append('withSlope', [value, x, slope], {});

/** Sliding windows over images [batch, channels, height, width]: [batch, channels * kh * kw, windows]. */
export const windows = (
  x: Variable,
  kernel: readonly [number, number],
  options: Partial<Omit<Windows, 'kernel'>> = {},
): Variable =>
  x.program.append('windows', [x], { kernel, stride: [1, 1], padding: [0, 0], dilation: [1, 1], ...options });

export interface RangeOptions {
  /** Arguments are promised to be in [low, high]; default: a wide range. Outside of it results are arbitrary. */
  readonly low?: number;
  readonly high?: number;
}

export interface FunctionOptions extends RangeOptions {
  /**
   * For exp, log, reciprocal and rsqrt on wide ranges: an error relative to the result that is good enough, for fewer
   * comparisons. Default: as exact as fixed point.
   */
  readonly tolerance?: number;
}

/** A function of one number, element by element. */
export const applyFunction = (
  name: FunctionName,
  x: Variable,
  { low, high, tolerance }: FunctionOptions = {},
): Variable => {
  const { range } = functions[name];
  const attributes = { name, low: low ?? range[0], high: high ?? range[1] };
  return x.program.append(
    'function',
    [x],
    tolerance === undefined ? attributes : { ...attributes, tolerance },
  );
};

/** x / y for y > 0, broadcasting; the range is that of y. Off by about 2^-15 of the quotient. */
export const division = (x: Operand, y: Variable, { low, high }: RangeOptions = {}): Variable => {
  const { range } = functions.reciprocal;
  const dividend = x instanceof Variable ? x : constantIn(y.program, x, []);
  return y.program.append('divide', [dividend, y], { low: low ?? range[0], high: high ?? range[1] });
};

/** x times a public number. */
export const scale = (x: Variable, factor: number): Variable =>
  x.program.append('scale', [x], { factor, over: null });

/** The matrix product of [m, k] and [k, n]. */
export const matmul = (x: Variable, y: Variable): Variable => x.program.append('matmul', [x, y], {});

/** Images [batch, channels, height, width] with filters [out, channels / groups, height, width]. */
export const conv2d = (x: Variable, filters: Variable, options: Partial<Convolution> = {}): Variable =>
  x.program.append('conv2d', [x, filters], {
    stride: [1, 1],
    padding: [0, 0],
    dilation: [1, 1],
    groups: 1,
    ...options,
  });

export interface SumOptions {
  /** Default: all. */
  readonly axes?: readonly number[];
  /** Keeps summed axes with length 1. */
  readonly keepDims?: boolean;
}

/** The sum along some axes. */
export const sum = (x: Variable, { axes, keepDims = false }: SumOptions = {}): Variable =>
  x.program.append('sum', [x], { axes: axes ?? x.shape.map((_, i) => i), keepDims });

/** The mean of all elements, a scalar. */
export const mean = (x: Variable): Variable => {
  const total = sum(x);
  return total.program.append('scale', [total], { factor: 1, over: x.node.id });
};

/** x repeated along axes of length 1 and new leading axes. */
export const broadcastTo = (x: Variable, shape: SymbolicShape): Variable =>
  sameShape(x.shape, shape) ? x : x.program.append('broadcast', [x], { shape: [...shape] });

/** The sum along the axes that broadcasting `shape` to x's shape repeats: what undoes a broadcast in gradients. */
export const sumTo = (x: Variable, shape: SymbolicShape): Variable => {
  if (sameShape(x.shape, shape)) return x;
  return reshape(sum(x, { axes: repeatedAxes(shape, x.shape), keepDims: true }), shape);
};

/** The same elements, in row-major order, under another shape. */
export const reshape = (x: Variable, shape: SymbolicShape): Variable =>
  sameShape(x.shape, shape) ? x : x.program.append('reshape', [x], { shape: [...shape] });

/** The axes in another order; default: reversed. */
export const transpose = (x: Variable, axes?: readonly number[]): Variable =>
  x.program.append('transpose', [x], { axes: axes ?? x.shape.map((_, i) => x.shape.length - 1 - i) });

/** Per axis the elements from start up to, not including, end (null: to the end). */
export const slice = (x: Variable, start: readonly number[], end: readonly (number | null)[]): Variable =>
  x.program.append('slice', [x], { start: [...start], end: [...end] });

/** Joins values along an axis. */
export const concat = (xs: readonly [Variable, ...Variable[]], axis: number): Variable =>
  xs[0].program.append('concat', xs, { axis });

/** Zeros before and after, per axis. */
export const pad = (x: Variable, before: readonly number[], after: readonly number[]): Variable =>
  x.program.append('pad', [x], { before: [...before], after: [...after] });

/**
 * Names a value that leaves the computation and for whom: one role, or (the default) all computing parties. The result
 * is an output, for fetch lists; they may call it by `name`.
 */
export const reveal = (x: Variable, to: Recipient = 'all', name?: string): Variable =>
  x.program.append('reveal', [x], name === undefined ? { to } : { to, name });
