export { Momentum, type MomentumOptions } from './optimizer/momentum.js';
export { Optimizer, type OptimizerOptions } from './optimizer/optimizer.js';
export { SGD, type SgdOptions } from './optimizer/sgd.js';
