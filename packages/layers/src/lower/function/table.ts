import { type FunctionName, functions } from '../../function/function.js';
import type { Attributes } from '../../node/node.js';
import type { Emitter } from '../emitter.js';
import { fractionBits } from '../instruction.js';
import type { Value } from '../value.js';
import { type Cubics, cubic, fitCubics } from './cubic.js';
import { type Ends, fitPieces, type Pieces, piecewise } from './piecewise.js';

/** Lowers one function on one range. */
type Lowering = (emitter: Emitter, x: Value) => Value;
type Function = Attributes['function'];

const absolute = () => 2 ** -18;
const relative = ({ tolerance }: Function) =>
  tolerance === undefined
    ? (y: number) => 2 ** -18 * Math.max(1, Math.abs(y))
    : (y: number) => Math.max(2 ** -18, tolerance * Math.abs(y));

/** Smooth functions with simple ends. */
const bounded = {
  sigmoid: { low: -12, high: 12, below: [0], above: [1] },
  softplus: { low: -12, high: 12, below: [0], above: [0, 1] },
  tanh: { low: -6.5, high: 6.5, below: [-1], above: [1] },
  gelu: { low: -5, high: 5, below: [0], above: [0, 1] },
  geluDerivative: { low: -5.5, high: 5.5, below: [0], above: [1] },
} as const;

const lines = {
  sigmoidThreePieces: {
    thresholds: [-0.5, 0.5],
    coefficients: [[0], [0.5, 1], [1]],
    powerBits: fractionBits,
  },
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
    powerBits: fractionBits,
  },
} as const;

const byPieces =
  (pieces: Pieces): Lowering =>
  (emitter, x) =>
    piecewise(emitter, x, pieces);

const byCubics =
  (cubics: Cubics): Lowering =>
  (emitter, x) =>
    cubic(emitter, x, cubics);

/** Powers up to the fourth of what is in [1/2, 16] have room. */
const isShort = ({ low, high }: Function): boolean => low >= 0.5 && high <= 16;

const fitted = ({ name, low, high }: Function, ends: Ends): Lowering => {
  const f = functions[name].evaluate;
  return byPieces(fitPieces({ f, low, high, degree: 4, tolerance: absolute }, ends));
};

/** e^x below this is 0 in fixed point. */
const vanishes = -12;

const exponential = (f: Function): Lowering => {
  const zeroBelow = f.low < vanishes;
  const low = Math.max(f.low, vanishes);
  if (f.high <= 0) return fitted({ ...f, low }, zeroBelow ? { below: [0] } : {});
  const fit = {
    f: functions.exp.evaluate,
    low,
    high: f.high,
    degree: 3,
    tolerance: relative(f),
    longest: 2,
  } as const;
  return byCubics(fitCubics([fit], zeroBelow));
};

const onRange =
  (zeroBelow = false) =>
  (f: Function): Lowering => {
    if (isShort(f)) return fitted(f, zeroBelow ? { below: [0] } : {});
    const { low, high, name } = f;
    const fit = { f: functions[name].evaluate, low, high, degree: 3, tolerance: relative(f) } as const;
    return byCubics(fitCubics([fit], zeroBelow));
  };

const within = (name: keyof typeof bounded) => (): Lowering =>
  fitted({ name, ...bounded[name] }, bounded[name]);

const lowerings: Readonly<Record<FunctionName, (f: Function) => Lowering>> = {
  exp: exponential,
  log: onRange(),
  reciprocal: onRange(),
  rsqrt: onRange(),
  sqrt: onRange(true),
  sigmoid: within('sigmoid'),
  softplus: within('softplus'),
  tanh: within('tanh'),
  gelu: within('gelu'),
  geluDerivative: within('geluDerivative'),
  sigmoidThreePieces: () => byPieces(lines.sigmoidThreePieces),
  sigmoidFivePieces: () => byPieces(lines.sigmoidFivePieces),
};

/** Fitted once. */
const known = new Map<string, Lowering>();

/** f(x), element by element. */
export const lowerFunction = (emitter: Emitter, f: Function, x: Value): Value => {
  const key = `${f.name} ${f.low} ${f.high} ${f.tolerance}`;
  const lowering = known.get(key) ?? lowerings[f.name](f);
  known.set(key, lowering);
  return lowering(emitter, x);
};
