import { constantInitializer } from '../initializer.js';
import { misuse } from '../misuse.js';
import { add, mul, type RangeOptions, reshape, scale, sub } from '../op.js';
import { parameter, type Variable } from '../program.js';
import { formatShape } from '../shape.js';
import { type Activation, activate, checkActivation } from './activation.js';
import { rsqrt } from './function.js';
import { freeName } from './name.js';
import { moments } from './statistic.js';

export interface NormalisationOptions {
  readonly input: Variable;
  /** Added to variances, at least 2^-13; default 2^-10 (one unit of fixed point is 2^-16). */
  readonly epsilon?: number;
  /** What variances plus epsilon are promised to be in; default: from epsilon / 2 to 2^16. */
  readonly range?: RangeOptions;
  readonly act?: Activation;
  /** Names the parameters; default `batch_norm_0`, `layer_norm_0`, ... */
  readonly name?: string;
}

export interface BatchNormOptions extends NormalisationOptions {
  /** Normalises by the moving statistics instead of the batch's. Default: false. */
  readonly isTest?: boolean;
  /** What is left of the moving statistics after a step; default 0.9. */
  readonly momentum?: number;
}

const least = 2 ** -13;

const inverse = (variance: Variable, { epsilon = 2 ** -10, range = {} }: NormalisationOptions): Variable => {
  if (!(epsilon >= least)) throw misuse(`epsilon cannot be ${epsilon}`, `use a number from ${least}`);
  return rsqrt(add(variance, epsilon), { low: epsilon / 2, high: 2 ** 16, ...range });
};

/**
 * Batch normalisation of [batch, channels, ...] (Ioffe and Szegedy, ICML 2015): every channel less its mean, by its
 * deviation, times `name.w_0` plus `name.b_0`. Training takes statistics of the batch and moves `name.w_1` (mean)
 * and `name.w_2` (variance) towards them at every step; a test takes these.
 */
export const batchNorm = (options: BatchNormOptions): Variable => {
  const { input, act, isTest = false, momentum = 0.9 } = options;
  checkActivation(act);
  const channels = input.shape[1];
  if (!channels)
    throw misuse(
      `'${input.name}' of shape ${formatShape(input.shape)} has no channels`,
      'give it [batch, channels, ...]',
    );
  const name = options.name ?? freeName(input.program, 'batch_norm');
  const wide = input.shape.map((_, i) => (i === 1 ? channels : 1));
  const state = (key: string, value: number) =>
    parameter({ name: `${name}.${key}`, shape: [channels], initializer: constantInitializer(value) });
  const [factor, shift] = [state('w_0', 1), state('b_0', 0)];
  const [movingMean, movingVariance] = [state('w_1', 0), state('w_2', 1)];
  const axes = input.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
  const taken = isTest ? undefined : moments(input, axes);
  if (taken !== undefined) {
    move(movingMean, taken.mean, momentum);
    move(movingVariance, taken.variance, momentum);
  }
  const centred = taken?.centred ?? sub(input, reshape(movingMean, wide));
  const deviation = inverse(taken?.variance ?? reshape(movingVariance, wide), options);
  const scaled = mul(centred, mul(deviation, reshape(factor, wide)));
  return activate(add(scaled, reshape(shift, wide)), act);
};

/** Part of the way from a moving statistic to the batch's, when the step is over. */
const move = (moving: Variable, batch: Variable, momentum: number): void => {
  if (!(momentum >= 0 && momentum < 1))
    throw misuse(`the momentum cannot be ${momentum}`, 'use a number from 0 up to, not including, 1');
  const next = add(scale(moving, momentum), scale(reshape(batch, moving.shape), 1 - momentum));
  moving.program.append('assign', [moving, next], {});
};

export interface LayerNormOptions extends NormalisationOptions {
  /** Axes from this one on are normalised together; default 1. */
  readonly beginNormAxis?: number;
  /** With factors `name.w_0`, from 1; default: true. */
  readonly scale?: boolean;
  /** With shifts `name.b_0`, from 0; default: true. */
  readonly shift?: boolean;
}

/** Layer normalisation (Ba, Kiros, Hinton 2016): every row less its mean, by its deviation, scaled and shifted by element. */
export const layerNorm = (options: LayerNormOptions): Variable => {
  const { input, act, beginNormAxis = 1 } = options;
  checkActivation(act);
  const axes = input.shape.flatMap((_, i) => (i >= beginNormAxis ? [i] : []));
  const shape = input.shape.slice(beginNormAxis) as number[];
  if (!(beginNormAxis >= 1 && shape.length > 0))
    throw misuse(
      `'${input.name}' of shape ${formatShape(input.shape)} has no axes from ${beginNormAxis}`,
      'begin at an axis after the batch',
    );
  const name = options.name ?? freeName(input.program, 'layer_norm');
  const { centred, variance } = moments(input, axes);
  const state = (key: string, value: number) =>
    parameter({ name: `${name}.${key}`, shape, initializer: constantInitializer(value) });
  let result = mul(centred, inverse(variance, options));
  if (options.scale ?? true) result = mul(result, state('w_0', 1));
  if (options.shift ?? true) result = add(result, state('b_0', 0));
  return activate(result, act);
};
