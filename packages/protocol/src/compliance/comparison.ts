import { linear } from '@triad/ring';
import { checkRefused, checkWords, type Property } from './check.js';
import { spread, type Value, value, words } from './sample.js';
import { compute, type Subject } from './subject.js';

const bits = (x: Value, thresholds: readonly bigint[]): bigint[] =>
  thresholds.flatMap((t) => x.words.map((word) => (word < t ? 1n : 0n)));

const checkBits = async <S>(subject: Subject<S>, x: Value, thresholds: readonly bigint[]): Promise<void> => {
  const out = await compute(subject, [x], ({ protocol, session }, [share]) =>
    protocol.below!(session.op('below'), share!, thresholds),
  );
  checkWords(`[x < ${thresholds}]`, out.words, bits(x, thresholds));
};

/** Words around every power of two, with thresholds of all magnitudes: |x - t| < 2^63. */
const edges = async <S>(subject: Subject<S>): Promise<void> => {
  const thresholds = [0, 1, 16, 31, 32, 47, 61].flatMap((bit) => [1n << BigInt(bit), -(1n << BigInt(bit))]);
  const near = thresholds.flatMap((t) => [t - 1n, t, t + 1n]);
  await checkBits(subject, { shape: [near.length], words: near }, [0n, ...thresholds]);
};

/** More elements and thresholds than fit any unit that a protocol may work in. */
const many = async <S>(subject: Subject<S>): Promise<void> => {
  await checkBits(subject, spread(62, 16, 1000), [0n, 1n, ...words(3, 5).map((word) => word >> 8n)]);
  await checkBits(subject, value([17, 130], 9, 61), [0n]);
};

const mapped = async <S>(subject: Subject<S>): Promise<void> => {
  const [x, thresholds] = [value([7], 10, 20), [-(2n ** 19n), 0n, 2n ** 19n]];
  const out = await compute(subject, [x], ({ protocol, session }, [share]) =>
    protocol.below!(session.op('below'), share!, thresholds, [linear.sum([0]), linear.scale(5n)]),
  );
  const all = bits(x, thresholds);
  const sums = x.words.map((_, i) => 5n * (all[i]! + all[i + 7]! + all[i + 14]!));
  checkWords('5 times the sum of comparisons', out.words, sums);
};

const refusals = async <S>(subject: Subject<S>): Promise<void> => {
  for (const thresholds of [[], [2n ** 63n], [0n, -(2n ** 63n) - 1n]]) {
    const compare = () =>
      compute(subject, [value([2], 11, 20)], ({ protocol, session }, [share]) =>
        protocol.below!(session.op('below'), share!, thresholds),
      );
    await checkRefused(`a comparison with [${thresholds}]`, 'bad-argument', compare);
  }
};

/** For schemes that declare what comparisons cost. */
export const comparison = <S>(subject: Subject<S>): Property[] => {
  if (subject.scheme.cost.below === undefined) return [];
  return [
    { name: 'at the edges of words', check: () => edges(subject) },
    { name: 'of many words', check: () => many(subject) },
    { name: 'linear maps follow', check: () => mapped(subject) },
    { name: 'refuses thresholds that are no words', check: () => refusals(subject) },
  ];
};
