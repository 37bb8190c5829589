import { misuse } from '../misuse.js';
import type { Variable } from '../program.js';
import { gelu, relu, sigmoid, tanh } from './function.js';
import { softmax } from './softmax.js';

/** What may follow a layer's linear part. */
export type Activation = keyof typeof activations;

const activations = {
  linear: (x: Variable): Variable => x,
  relu,
  sigmoid: (x: Variable): Variable => sigmoid(x),
  tanh: (x: Variable): Variable => tanh(x),
  gelu: (x: Variable): Variable => gelu(x),
  /** Over the last axis. */
  softmax,
} as const;

/** The activation of x; default: x itself. */
export const activate = (x: Variable, act: Activation = 'linear'): Variable => {
  checkActivation(act);
  return activations[act](x);
};

/** Throws unless it is one: layers check before they add parameters. */
export const checkActivation = (act: string = 'linear'): void => {
  if (Object.hasOwn(activations, act)) return;
  throw misuse(`there is no activation '${act}'`, `use one of ${Object.keys(activations).join(', ')}`);
};
