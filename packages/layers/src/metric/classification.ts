import { argmax, topK } from '../layer/extremum.js';
import type { CostOptions } from '../layer/loss.js';
import { add, division, greaterEqual, mean, mul, type RangeOptions, scale, sub, sum } from '../op.js';
import type { Variable } from '../program.js';

export interface AccuracyOptions extends CostOptions {
  /** The label is to be among the k largest; default 1. */
  readonly k?: number;
}

/** How often the largest of input [batch, classes] (or one of the k largest) is where the one-hot label has its 1: a secret number. */
export const accuracy = ({ input, label, k = 1 }: AccuracyOptions): Variable => {
  const chosen = k === 1 ? argmax(input) : sum(topK(input, k).places, { axes: [input.shape.length - 1] });
  return mean(sum(mul(chosen, label), { axes: [input.shape.length - 1] }));
};

export interface BinaryOptions extends CostOptions {
  /** Predictions from this one on count as positive; default 0.5, for probabilities. Use 0 for logits. */
  readonly threshold?: number;
}

export interface BinaryRates {
  readonly truePositives: Variable;
  readonly falsePositives: Variable;
  readonly falseNegatives: Variable;
  readonly trueNegatives: Variable;
}

/** Parts of all predictions, by what they and their labels (0 or 1, of the same shape) are: secret numbers that add up to 1. */
export const binaryRates = ({ input, label, threshold = 0.5 }: BinaryOptions): BinaryRates => {
  const predicted = greaterEqual(input, threshold);
  const truePositives = mean(mul(predicted, label));
  const falsePositives = sub(mean(predicted), truePositives);
  const falseNegatives = sub(mean(label), truePositives);
  const found = add(add(truePositives, falsePositives), falseNegatives);
  return { truePositives, falsePositives, falseNegatives, trueNegatives: sub(1, found) };
};

/** How often a prediction is on its label's side of the threshold. */
export const binaryAccuracy = (options: BinaryOptions): Variable => {
  const { truePositives, trueNegatives } = binaryRates(options);
  return add(truePositives, trueNegatives);
};

/** Parts of a batch that are divided by are promised to be at least this; without any, the quotient is 0. */
const parts: RangeOptions = { low: 2 ** -12, high: 2 };

/** True positives among what is predicted to be positive. */
export const precision = (options: BinaryOptions): Variable => {
  const { truePositives, falsePositives } = binaryRates(options);
  return division(truePositives, add(truePositives, falsePositives), parts);
};

/** True positives among what is positive. */
export const recall = (options: BinaryOptions): Variable => {
  const { truePositives, falseNegatives } = binaryRates(options);
  return division(truePositives, add(truePositives, falseNegatives), parts);
};

/** The harmonic mean of precision and recall. */
export const f1 = (options: BinaryOptions): Variable => {
  const { truePositives, falsePositives, falseNegatives } = binaryRates(options);
  const both = scale(truePositives, 2);
  return division(both, add(both, add(falsePositives, falseNegatives)), parts);
};
