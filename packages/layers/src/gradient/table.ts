import type { Node, Table } from '../node/node.js';
import type { Variable } from '../program.js';
import { arithmetic } from './arithmetic.js';
import { bilinear } from './bilinear.js';
import { layout } from './layout.js';
import { outside } from './outside.js';

/** Where a gradient rule stands. */
export interface Place {
  readonly inputs: readonly Variable[];
  /** The gradient of the loss with respect to the node. */
  readonly gradient: Variable;
}

/** Per input its gradient, made when asked for. */
export type Gradients = readonly (() => Variable)[];

export type GradientRule = readonly [place: Place];

/** The gradient rule of every kind of node. */
export const gradientRules: Table<GradientRule, Gradients> = {
  ...outside,
  ...arithmetic,
  ...layout,
  ...bilinear,
};

export type GradientFamily<K extends Node['kind']> = Pick<Table<GradientRule, Gradients>, K>;
