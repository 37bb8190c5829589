export { type Activation, type FcOptions, fc } from './layer/fc.js';
export { type CostOptions, squareErrorCost } from './layer/loss.js';
export {
  add,
  broadcastTo,
  concat,
  conv2d,
  matmul,
  mean,
  mul,
  pad,
  reshape,
  scale,
  slice,
  sub,
  sum,
  transpose,
} from './op.js';
