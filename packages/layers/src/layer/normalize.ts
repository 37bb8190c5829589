/**
 * Normalisation of columns whose rows lie with several owners: each tells statistics of its own rows, as shares, and what all rows have
 * together is computed on these. Nobody learns the statistics of anybody.
 */
import { constantInitializer } from '../initializer.js';
import { misuse } from '../misuse.js';
import { add, detach, division, maximum, mul, reshape, sub, sum } from '../op.js';
import { parameter, type Variable } from '../program.js';
import { formatShape } from '../shape.js';
import { abs, reciprocal, rsqrt } from './function.js';
import { extremum, part } from './tree.js';

/** What an owner tells of its rows: a row each, in this order. Numbers of rows are in units of 1024. */
export const statisticRows = ['rows', 'min', 'max', 'mean', 'deviation'] as const;

/** (x - min) / (max - min), (x - mean) / (max - min), or (x - mean) / deviation. */
export type NormalizationKind = 'minMax' | 'mean' | 'standard';

export interface LearnNormalizationOptions {
  /**
   * [5 * owners, features]: `statisticRows` of each owner, below each other, all values below 2^15 in magnitude. Factors are known to 2^-16, so
   * that of a range or deviation r is off by a part of r * 2^-16: scale columns of wide ranges when they are shared. An owner's part of all rows is
   * known to 2^-16, too: of one with fewer than a thousandth of them, mean and deviation count roughly only.
   */
  readonly statistics: Variable;
  readonly kind: NormalizationKind;
  /** Names the parameters; default `normalization`. */
  readonly name?: string;
}

export interface NormalizeOptions {
  readonly input: Variable;
  /** As in `learnNormalization`. */
  readonly name?: string;
}

/** What columns are normalised by: (x - offset) * factor. */
export interface Normalization {
  /** [features]. */
  readonly offset: Variable;
  /** [features]. */
  readonly factor: Variable;
}

const defaultName = 'normalization';
/** Ranges and deviations below count as this: a column that never changes becomes 0. */
const least = 2 ** -10;
/** Of all rows, in units of 1024. */
const mostRows = 2 ** 24;

/** Computes what columns are normalised by, and keeps it in the parameters `name.offset` and `name.factor`. */
export const learnNormalization = ({ statistics, kind, name }: LearnNormalizationOptions): Normalization => {
  const [rows, features] = statistics.shape;
  const owners = (rows ?? 0) / statisticRows.length;
  if (statistics.shape.length !== 2 || !features || !(Number.isInteger(owners) && owners > 0))
    throw misuse(
      `statistics have shape ${formatShape(statistics.shape)}`,
      `give [${statisticRows.length} * owners, features]`,
    );
  const table = reshape(statistics, [owners, statisticRows.length, features]);
  const of = (row: (typeof statisticRows)[number]) =>
    reshape(part(table, 1, statisticRows.indexOf(row), statisticRows.indexOf(row) + 1), [owners, features]);
  const learned = kinds[kind](of);
  const kept = parametersOf(name, features);
  for (const key of ['offset', 'factor'] as const)
    statistics.program.append('assign', [kept[key], reshape(learned[key], [features])], {});
  return kept;
};

/** Columns [batch, features] less their offset, times their factor, as `learnNormalization` of an earlier program left them. */
export const normalize = ({ input, name }: NormalizeOptions): Variable => {
  const features = input.shape[1];
  if (input.shape.length !== 2 || !features)
    throw misuse(`'${input.name}' has shape ${formatShape(input.shape)}`, 'give [batch, features]');
  const { offset, factor } = parametersOf(name, features);
  return mul(sub(input, detach(offset)), detach(factor));
};

const parametersOf = (name = defaultName, features: number): Normalization => {
  const kept = (key: string, value: number) =>
    parameter({ name: `${name}.${key}`, shape: [features], initializer: constantInitializer(value) });
  return { offset: kept('offset', 0), factor: kept('factor', 1) };
};

/** A statistic of all owners: [owners, features]. */
type Statistics = (row: (typeof statisticRows)[number]) => Variable;

const kinds: Readonly<Record<NormalizationKind, (of: Statistics) => Normalization>> = {
  minMax: (of) => ({ offset: extremum(of('min'), 0, 'min'), factor: inverseRange(of) }),
  mean: (of) => ({ offset: meanOf(of).mean, factor: inverseRange(of) }),
  standard: (of) => standard(of),
};

const inverseRange = (of: Statistics): Variable => {
  const range = sub(extremum(of('max'), 0, 'max'), extremum(of('min'), 0, 'min'));
  return reciprocal(maximum(range, least), { low: least / 2, high: 2 ** 16 });
};

/** The mean of all rows, and each owner's part of them. From the first owner's mean on, so that errors are of differences. */
const meanOf = (of: Statistics): { readonly mean: Variable; readonly weight: Variable } => {
  const [rows, means] = [of('rows'), of('mean')];
  const total = sum(rows, { axes: [0], keepDims: true });
  const weight = division(rows, total, { low: least / 2, high: mostRows });
  const first = part(means, 0, 0, 1);
  return { weight, mean: add(first, sum(mul(weight, sub(means, first)), { axes: [0], keepDims: true })) };
};

/**
 * The deviation of all rows follows from w_k (s_k^2 + d_k^2), s_k an owner's deviation and d_k its mean less that of all. Both are taken in
 * units of u, the mean of s_k + |d_k|: w_k s_k and w_k d_k are then below 1, and the sum is between 1/2 (Jensen's inequality) and the largest 1 / w_k,
 * whatever the columns' units. Weights come first, since squares alone could be too large.
 */
const standard = (of: Statistics): Normalization => {
  const { mean, weight } = meanOf(of);
  const [deviation, distance] = [of('deviation'), sub(of('mean'), mean)];
  const unit = sum(mul(weight, add(deviation, abs(distance))), { axes: [0], keepDims: true });
  const inverse = reciprocal(maximum(unit, least), { low: least / 2, high: 2 ** 16 });
  const [s, d] = [mul(deviation, inverse), mul(distance, inverse)];
  const weighted = (value: Variable) => mul(mul(weight, value), value);
  const variance = sum(add(weighted(s), weighted(d)), { axes: [0], keepDims: true });
  const apart = rsqrt(maximum(variance, 1 / 4), { low: 1 / 8, high: 2 ** 16 });
  return { offset: mean, factor: mul(inverse, apart) };
};
