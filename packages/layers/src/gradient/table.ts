import type { Table } from '../node/node.js';
import { arithmetic } from './arithmetic.js';
import { bilinear } from './bilinear.js';
import { detached } from './detached.js';
import { layout } from './layout.js';
import { nonlinear } from './nonlinear.js';
import { outside } from './outside.js';
import type { GradientRule, Gradients } from './rule.js';
import { stepwise } from './stepwise.js';

/** The gradient rule of every kind of node. */
export const gradientRules: Table<GradientRule, Gradients> = {
  ...outside,
  ...arithmetic,
  ...layout,
  ...bilinear,
  ...stepwise,
  ...nonlinear,
  ...detached,
};
