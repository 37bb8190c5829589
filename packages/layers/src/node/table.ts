import { arithmetic } from './arithmetic.js';
import { bilinear } from './bilinear.js';
import { effect } from './effect.js';
import { gradient } from './gradient.js';
import { layout } from './layout.js';
import type { Kind } from './node.js';
import { nonlinear } from './nonlinear.js';
import type { Family } from './rule.js';
import { source } from './source.js';
import { stepwise } from './stepwise.js';

/** The validity rule of every kind of node. */
export const rules: Family<Kind> = {
  ...source,
  ...effect,
  ...arithmetic,
  ...layout,
  ...bilinear,
  ...stepwise,
  ...nonlinear,
  ...gradient,
};
