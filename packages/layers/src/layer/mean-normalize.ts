import { misuse } from '../misuse.js';
import { constantIn, division, mul, reshape, sub, sum } from '../op.js';
import { Variable } from '../program.js';
import { formatShape, sameShape } from '../shape.js';
import { extremum } from './tree.js';

export interface MeanNormalizeOptions {
  /** [parties, features]: what each party found in its own rows. */
  readonly min: Variable;
  readonly max: Variable;
  readonly mean: Variable;
  /** Rows of each party: public numbers, or secret ones [parties]. */
  readonly samples: readonly number[] | Variable;
  /** Secret numbers of rows are promised to sum up to at most this; default 2^20, at most 2^24. */
  readonly mostSamples?: number;
}

export interface MeanNormalized {
  /** [features]: the largest less the smallest value of all parties. */
  readonly range: Variable;
  /** [features]: the mean of all rows. */
  readonly mean: Variable;
}

/** What features are normalised by when their rows lie with several parties: (x - mean) / range. */
export const meanNormalize = (options: MeanNormalizeOptions): MeanNormalized => {
  const { min, max, mean } = options;
  const [parties, features] = mean.shape as readonly [number, number];
  if (mean.shape.length !== 2 || ![min, max].every((x) => sameShape(x.shape, mean.shape))) {
    const shapes = [min, max, mean].map((x) => formatShape(x.shape)).join(', ');
    throw misuse(`local statistics have shapes ${shapes}`, 'give three times [parties, features]');
  }
  const range = sub(extremum(max, 0, 'max'), extremum(min, 0, 'min'));
  const weighted = mul(mean, reshape(shares(options, parties), [parties, 1]));
  return { range: reshape(range, [features]), mean: sum(weighted, { axes: [0] }) };
};

/** Per party its part of all rows: [parties]. */
const shares = (
  { mean, samples, mostSamples = 2 ** 20 }: MeanNormalizeOptions,
  parties: number,
): Variable => {
  if (samples instanceof Variable) {
    return division(samples, sum(samples, { axes: [0], keepDims: true }), { low: 1, high: mostSamples });
  }
  const total = samples.reduce((a, b) => a + b, 0);
  if (samples.length !== parties || !samples.every((n) => n > 0))
    throw misuse(
      `${parties} parties cannot have ${samples.join(', ')} rows`,
      'give a number above 0 for each',
    );
  return constantIn(
    mean.program,
    samples.map((n) => n / total),
    [parties],
  );
};
