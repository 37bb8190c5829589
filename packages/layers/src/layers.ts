export type { Activation } from './layer/activation.js';
export { type Conv2dOptions, conv2d } from './layer/conv2d.js';
export { type DropoutOptions, dropout } from './layer/dropout.js';
export { type EmbeddingOptions, embedding, type OneHotOptions, oneHot } from './layer/embedding.js';
export { argmax, reduceMax, reduceMin, type TopK, topK } from './layer/extremum.js';
export { type FcOptions, fc } from './layer/fc.js';
export {
  abs,
  exp,
  gelu,
  log,
  reciprocal,
  relu,
  rsqrt,
  sigmoid,
  sigmoidFivePieces,
  sigmoidThreePieces,
  softplus,
  sqrt,
  tanh,
} from './layer/function.js';
export { type DynamicGruOptions, dynamicGru } from './layer/gru.js';
export {
  type CostOptions,
  type HuberOptions,
  hingeLoss,
  huberLoss,
  sigmoidCrossEntropyWithLogits,
  squareErrorCost,
} from './layer/loss.js';
export { type MeanNormalized, type MeanNormalizeOptions, meanNormalize } from './layer/mean-normalize.js';
export {
  type BatchNormOptions,
  batchNorm,
  type LayerNormOptions,
  layerNorm,
} from './layer/normalisation.js';
export {
  type LearnNormalizationOptions,
  learnNormalization,
  type Normalization,
  type NormalizationKind,
  type NormalizeOptions,
  normalize,
  statisticRows,
} from './layer/normalize.js';
export { type Pool2dOptions, pool2d } from './layer/pool2d.js';
export { softmax, softmaxCrossEntropyWithLogits } from './layer/softmax.js';
export { split } from './layer/split.js';
export {
  add,
  broadcastTo,
  concat,
  detach,
  division,
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  matmul,
  maximum,
  mean,
  minimum,
  mul,
  notEqual,
  pad,
  reshape,
  scale,
  scheduled,
  select,
  slice,
  sub,
  sum,
  transpose,
  windows,
  withSlope,
} from './op.js';
