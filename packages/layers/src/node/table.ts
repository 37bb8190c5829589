import { arithmetic } from './arithmetic.js';
import { bilinear } from './bilinear.js';
import { effect } from './effect.js';
import { layout } from './layout.js';
import type { Kind } from './node.js';
import type { Family } from './rule.js';
import { source } from './source.js';

/** The validity rule of every kind of node. */
export const rules: Family<Kind> = { ...source, ...effect, ...arithmetic, ...layout, ...bilinear };
