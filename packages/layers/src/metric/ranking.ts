import { misuse } from '../misuse.js';
import { NdArray } from '../nd-array.js';

type Numbers = NdArray | ArrayLike<number>;

interface Group {
  readonly positives: number;
  readonly negatives: number;
}

/** Labels of equal scores together, by falling score. */
const groupsOf = (scores: Numbers, labels: Numbers): Group[] => {
  const [s, y] = [scores, labels].map((v) => (v instanceof NdArray ? v.data : v)) as [
    ArrayLike<number>,
    ArrayLike<number>,
  ];
  if (s.length !== y.length) throw misuse(`${s.length} scores have ${y.length} labels`, 'give one for each');
  const order = Array.from(s, (_, i) => i).sort((a, b) => s[b]! - s[a]!);
  const groups: { positives: number; negatives: number }[] = [];
  for (const [at, i] of order.entries()) {
    if (at === 0 || s[i] !== s[order[at - 1]!]) groups.push({ positives: 0, negatives: 0 });
    groups.at(-1)![y[i]! > 0.5 ? 'positives' : 'negatives']++;
  }
  return groups;
};

const total = (groups: readonly Group[]): Group => {
  const all = groups.reduce((a, b) => ({
    positives: a.positives + b.positives,
    negatives: a.negatives + b.negatives,
  }));
  if (all.positives > 0 && all.negatives > 0) return all;
  throw misuse('labels of one kind alone cannot be told apart', 'give labels 0 and 1');
};

/**
 * The area under the receiver operating characteristic of revealed predictions: the chance that a positive scores higher
 * than a negative, equal scores counting half (Mann and Whitney 1947). Labels are 0 or 1.
 */
export const auc = (scores: Numbers, labels: Numbers): number => {
  const groups = groupsOf(scores, labels);
  const all = total(groups);
  let [before, pairs] = [0, 0];
  for (const { positives, negatives } of groups) {
    pairs += negatives * (before + positives / 2);
    before += positives;
  }
  return pairs / (all.positives * all.negatives);
};

/** The largest distance between the distributions of both kinds' scores (Kolmogorov and Smirnov). Labels are 0 or 1. */
export const ks = (scores: Numbers, labels: Numbers): number => {
  const groups = groupsOf(scores, labels);
  const all = total(groups);
  let [positives, negatives, largest] = [0, 0, 0];
  for (const group of groups) {
    positives += group.positives / all.positives;
    negatives += group.negatives / all.negatives;
    largest = Math.max(largest, Math.abs(positives - negatives));
  }
  return largest;
};
