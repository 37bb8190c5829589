import { arithmetic } from './arithmetic.js';
import { bilinear } from './bilinear.js';
import { layout } from './layout.js';
import { nonlinear } from './nonlinear.js';
import type { MeaningFamily, PureKind } from './rule.js';
import { stepwise } from './stepwise.js';
import { window } from './window.js';

/** The float64 meaning of every pure kind: the definition that lowered programs are tested against. */
export const meanings: MeaningFamily<PureKind> = {
  ...arithmetic,
  ...layout,
  ...window,
  ...bilinear,
  ...stepwise,
  ...nonlinear,
};
