export { Adam, type AdamOptions, AdamW } from './optimizer/adam.js';
export * from './optimizer/learning-rate.js';
export { Momentum, type MomentumOptions } from './optimizer/momentum.js';
export { Optimizer, type OptimizerOptions } from './optimizer/optimizer.js';
export { RMSProp, type RmsPropOptions } from './optimizer/rmsprop.js';
export type { SecondMomentOptions } from './optimizer/second-moment.js';
export { SGD, type SgdOptions } from './optimizer/sgd.js';
