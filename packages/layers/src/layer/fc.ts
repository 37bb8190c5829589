import { xavierInitializer } from '../initializer.js';
import { misuse } from '../misuse.js';
import type { Initializer } from '../node/node.js';
import { add, reshape } from '../op.js';
import { parameter, type Variable } from '../program.js';
import { formatShape } from '../shape.js';
import { type Activation, activate, checkActivation } from './activation.js';
import { freeName } from './name.js';
import { projection } from './projection.js';

export interface FcOptions {
  /** [batch, ...]. Several inputs get weights of their own and are summed. */
  readonly input: Variable | readonly Variable[];
  /** How many outputs. */
  readonly size: number;
  /** Axes that are kept; those after them are flattened into features. Default 1: the batch. */
  readonly numFlattenDims?: number;
  /** Default: 'linear'. */
  readonly act?: Activation;
  /** Default: true. */
  readonly bias?: boolean;
  /** How weights start; default: Xavier, uniform. */
  readonly initializer?: Initializer;
  /** Names the parameters, `name.w_0` and `name.b_0`; default `fc_0`, `fc_1`, ... */
  readonly name?: string;
}

/** A fully connected layer: input times weights plus bias (from zero), then `act`. Result [batch, size]. */
export const fc = (options: FcOptions): Variable => {
  const { size, act, bias = true, numFlattenDims = 1 } = options;
  checkActivation(act);
  if (!Number.isSafeInteger(size) || size < 1)
    throw misuse(`fc cannot have ${size} outputs`, 'use a whole size above 0');
  const inputs = [options.input].flat() as readonly Variable[];
  if (inputs.length === 0) throw misuse('fc got no input', 'pass at least one');
  const name = options.name ?? freeName(inputs[0]!.program, 'fc');
  const products = inputs.map((x, i) => {
    const rows = flatten(x, numFlattenDims);
    const width = rows.shape.at(-1)!;
    const initializer = options.initializer ?? xavierInitializer(width, size);
    return projection(rows, parameter({ name: `${name}.w_${i}`, shape: [width, size], initializer }));
  });
  const total = products.reduce((a, b) => add(a, b));
  return activate(bias ? add(total, parameter({ name: `${name}.b_0`, shape: [size] })) : total, act);
};

/** Axes from the given one on as one. */
const flatten = (x: Variable, axes: number): Variable => {
  const [kept, features] = [x.shape.slice(0, axes), x.shape.slice(axes)];
  const valid = Number.isInteger(axes) && axes > 0 && features.length > 0;
  if (!valid || features.includes(null)) {
    throw misuse(`fc cannot take '${x.name}' of shape ${formatShape(x.shape)}`, 'give it [batch, features]');
  }
  return reshape(x, [...kept, features.reduce<number>((n, d) => n * d!, 1)]);
};
