export {
  type AccuracyOptions,
  accuracy,
  type BinaryOptions,
  type BinaryRates,
  binaryAccuracy,
  binaryRates,
  f1,
  precision,
  recall,
} from './metric/classification.js';
export { auc, ks } from './metric/ranking.js';
export { meanSquaredError, type R2Options, r2 } from './metric/regression.js';
