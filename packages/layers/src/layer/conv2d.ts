import { kaimingInitializer } from '../initializer.js';
import { misuse } from '../misuse.js';
import type { Convolution, Initializer } from '../node/node.js';
import { add, conv2d as convolve, reshape } from '../op.js';
import { parameter, Variable } from '../program.js';
import { formatShape } from '../shape.js';
import { type Activation, activate, checkActivation } from './activation.js';
import { freeName } from './name.js';
import { type Pair, pairOf } from './pair.js';

export interface Conv2dOptions {
  /** [batch, channels, height, width]. */
  readonly input: Variable;
  /** How many output channels. */
  readonly numFilters: number;
  readonly filterSize: Pair;
  /** Default 1. */
  readonly stride?: Pair;
  /** Zeros on all sides; default 0. */
  readonly padding?: Pair;
  /** Distance of neighbouring taps; default 1. */
  readonly dilation?: Pair;
  /** Each group of filters sees its own channels. Default 1; as many as channels: depthwise. */
  readonly groups?: number;
  /** Default: 'linear'. */
  readonly act?: Activation;
  /** One number for each filter; default: true. */
  readonly bias?: boolean;
  /** How filters start; default: Kaiming, uniform. */
  readonly initializer?: Initializer;
  /** Names the parameters, `name.w_0` and `name.b_0`; default `conv2d_0`, `conv2d_1`, ... */
  readonly name?: string;
}

/** A convolution layer: filters, plus bias (from zero), then `act`. Result [batch, numFilters, height, width]. */
export function conv2d(options: Conv2dOptions): Variable;
/** Images with given filters [out, channels / groups, height, width]. */
export function conv2d(x: Variable, filters: Variable, options?: Partial<Convolution>): Variable;
export function conv2d(
  first: Conv2dOptions | Variable,
  filters?: Variable,
  options: Partial<Convolution> = {},
): Variable {
  if (!(first instanceof Variable)) return layer(first);
  if (filters !== undefined) return convolve(first, filters, options);
  throw misuse('conv2d got images without filters', 'pass filters, or the options of a layer');
}

const layer = (options: Conv2dOptions): Variable => {
  const { input, numFilters, groups = 1, act, bias = true } = options;
  checkActivation(act);
  const filterSize = pairOf('filterSize', options.filterSize, 1);
  const depth = depthOf(input, numFilters, groups);
  const name = options.name ?? freeName(input.program, 'conv2d');
  const initializer = options.initializer ?? kaimingInitializer(depth * filterSize[0] * filterSize[1]);
  const shape = [numFilters, depth, ...filterSize];
  const result = convolve(input, parameter({ name: `${name}.w_0`, shape, initializer }), {
    stride: pairOf('stride', options.stride ?? 1, 1),
    padding: pairOf('padding', options.padding ?? 0, 0),
    dilation: pairOf('dilation', options.dilation ?? 1, 1),
    groups,
  });
  if (!bias) return activate(result, act);
  const shifts = parameter({ name: `${name}.b_0`, shape: [numFilters] });
  return activate(add(result, reshape(shifts, [numFilters, 1, 1])), act);
};

/** Channels that one filter sees. */
const depthOf = ({ name, shape }: Variable, numFilters: number, groups: number): number => {
  const channels = shape[1];
  const whole = [numFilters, groups].every((n) => Number.isSafeInteger(n) && n > 0);
  if (shape.length === 4 && channels && whole && channels % groups === 0 && numFilters % groups === 0) {
    return channels / groups;
  }
  throw misuse(
    `conv2d cannot make ${numFilters} filters in ${groups} groups of '${name}' of shape ${formatShape(shape)}`,
    'give it [batch, channels, height, width]; groups divide channels and filters',
  );
};
