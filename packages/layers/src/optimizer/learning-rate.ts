import { misuse } from '../misuse.js';
import type { Schedule } from '../schedule.js';
import { checkAbove } from './optimizer.js';

const checkSteps = (what: string, steps: number): void => {
  if (Number.isSafeInteger(steps) && steps > 0) return;
  throw misuse(`${what} cannot be ${steps}`, 'use a whole number of steps above 0');
};

export interface ExponentialDecayOptions {
  readonly learningRate: number;
  readonly decaySteps: number;
  readonly decayRate: number;
  /** By whole powers of the rate only. Default: false. */
  readonly staircase?: boolean;
}

/** learningRate * decayRate^(step / decaySteps). */
export const exponentialDecay = (options: ExponentialDecayOptions): Schedule => {
  const { learningRate, decaySteps, decayRate, staircase = false } = options;
  checkAbove('learning rate', learningRate);
  checkAbove('decay rate', decayRate);
  checkSteps('decaySteps', decaySteps);
  return { kind: 'exponential', base: learningRate, rate: decayRate, every: decaySteps, staircase };
};

export interface StepDecayOptions {
  readonly learningRate: number;
  /** Steps between two decays. */
  readonly stepSize: number;
  /** What is left after each; default 0.1. */
  readonly decayRate?: number;
}

/** learningRate * decayRate^floor(step / stepSize). */
export const stepDecay = ({ learningRate, stepSize, decayRate = 0.1 }: StepDecayOptions): Schedule =>
  exponentialDecay({ learningRate, decaySteps: stepSize, decayRate, staircase: true });

export interface PiecewiseDecayOptions {
  /** Ascending steps at which the next value begins. */
  readonly boundaries: readonly number[];
  /** One more than boundaries. */
  readonly values: readonly number[];
}

/** values[i] up to, not including, step boundaries[i]; the last value from then on. */
export const piecewiseDecay = ({ boundaries, values }: PiecewiseDecayOptions): Schedule => {
  const ascending = boundaries.every((b, i) => Number.isSafeInteger(b) && b > (boundaries[i - 1] ?? 0));
  if (!ascending || values.length !== boundaries.length + 1)
    throw misuse(
      `${values.length} values do not fit the boundaries ${boundaries.join(', ')}`,
      'give ascending steps and one value more',
    );
  for (const value of values) checkAbove('learning rate', value);
  return { kind: 'piecewise', boundaries, values };
};

export interface PolynomialDecayOptions {
  readonly learningRate: number;
  readonly decaySteps: number;
  /** Default 0. */
  readonly endLearningRate?: number;
  /** Default 1: a line. */
  readonly power?: number;
}

/** From learningRate to endLearningRate in decaySteps steps, as (1 - step / decaySteps)^power. */
export const polynomialDecay = (options: PolynomialDecayOptions): Schedule => {
  const { learningRate, decaySteps, endLearningRate = 0, power = 1 } = options;
  checkAbove('learning rate', learningRate);
  checkAbove('power', power);
  checkSteps('decaySteps', decaySteps);
  return { kind: 'polynomial', from: learningRate, to: endLearningRate, steps: decaySteps, power };
};

export interface CosineDecayOptions {
  readonly learningRate: number;
  readonly decaySteps: number;
  /** Default 0. */
  readonly endLearningRate?: number;
}

/** From learningRate to endLearningRate along half a cosine (Loshchilov and Hutter, ICLR 2017, eq. 5, without restarts). */
export const cosineDecay = ({
  learningRate,
  decaySteps,
  endLearningRate = 0,
}: CosineDecayOptions): Schedule => {
  checkAbove('learning rate', learningRate);
  checkSteps('decaySteps', decaySteps);
  return { kind: 'cosine', from: learningRate, to: endLearningRate, steps: decaySteps };
};

export interface WarmupOptions {
  /** What follows: a number, or a schedule that counts from its own start. */
  readonly learningRate: number | Schedule;
  readonly warmupSteps: number;
}

/** Rises linearly to the learning rate: (step + 1) / warmupSteps of it, in warmupSteps steps. */
export const linearWarmup = ({ learningRate, warmupSteps }: WarmupOptions): Schedule => {
  checkSteps('warmupSteps', warmupSteps);
  if (typeof learningRate !== 'number') return { kind: 'warmup', steps: warmupSteps, after: learningRate };
  checkAbove('learning rate', learningRate);
  return { kind: 'warmup', steps: warmupSteps, after: { kind: 'constant', value: learningRate } };
};
