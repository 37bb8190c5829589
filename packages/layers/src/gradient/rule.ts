import type { Node, Table } from '../node/node.js';
import type { Variable } from '../program.js';

/** Where a gradient rule stands. */
export interface Place {
  readonly inputs: readonly Variable[];
  /** The gradient of the loss with respect to the node. */
  readonly gradient: Variable;
}

/** Per input its gradient, made when asked for. */
export type Gradients = readonly (() => Variable)[];

export type GradientRule = readonly [place: Place];

/** The rules of some kinds. */
export type GradientFamily<K extends Node['kind']> = Pick<Table<GradientRule, Gradients>, K>;
