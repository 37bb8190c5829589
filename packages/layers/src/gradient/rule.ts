import type { Kind, Node, Table } from '../node/node.js';
import type { Variable } from '../program.js';

/** Where a gradient rule stands. */
export interface Place {
  readonly inputs: readonly Variable[];
  /** The gradient of the loss with respect to the node. */
  readonly gradient: Variable;
}

/** Per input its gradient, made when asked for. */
export type Gradients = readonly (() => Variable)[];

/** Inputs that count as constants: comparisons are constant almost everywhere, and some nodes say so. */
export const isConstant = (kind: Kind, input: number): boolean =>
  kind === 'less' || kind === 'detach' || (kind === 'withSlope' && input !== 1);

/** The gradient of a constant input, which nobody asks for. */
export const unreached = (): never => {
  throw new Error('a constant has no gradient');
};

export type GradientRule = readonly [place: Place];

/** The rules of some kinds. */
export type GradientFamily<K extends Node['kind']> = Pick<Table<GradientRule, Gradients>, K>;
