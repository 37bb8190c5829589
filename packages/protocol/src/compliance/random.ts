import type { Shape } from '@triad/ring';
import { check, type Property } from './check.js';
import { chiSquare, chiSquareBound, deviations } from './sample.js';
import { compute, type Subject } from './subject.js';

const drawn = async <S>(subject: Subject<S>, shape: Shape, bits: number, name: string): Promise<bigint[]> => {
  const out = await compute(subject, [], ({ protocol, session }) =>
    protocol.random!(session.op(name), shape, bits),
  );
  return [...out.words];
};

const count = 4096;

/** In range, every bit balanced, and the highest bits jointly uniform. */
const uniform = async <S>(subject: Subject<S>, bits: number): Promise<void> => {
  const sample = await drawn(subject, [count], bits, 'random');
  const half = 2n ** BigInt(bits - 1);
  for (const word of sample) {
    check(-half <= word && word < half, () => `random() of ${bits} bits gives ${word}`);
  }
  for (let bit = 0; bit < bits; bit++) {
    const ones = sample.filter((word) => (word >> BigInt(bit)) & 1n).length;
    const off = Math.abs(ones - count / 2) / Math.sqrt(count / 4);
    check(off < deviations, () => `bit ${bit} of ${bits} is 1 in ${ones} of ${count} random integers`);
  }
  const buckets = new Array<number>(2 ** Math.min(bits, 6)).fill(0);
  for (const word of sample) buckets[Number(((word + half) * BigInt(buckets.length)) / (2n * half))]! += 1;
  const [statistic, bound] = [chiSquare(buckets), chiSquareBound(buckets.length - 1)];
  check(statistic < bound, () => `chi-square of ${bits} random bits is ${statistic}, bound ${bound}`);
};

const different = async <S>(subject: Subject<S>): Promise<void> => {
  const [a, b] = [await drawn(subject, [8], 32, 'one'), await drawn(subject, [8], 32, 'other')];
  const equal = new Set([...a, ...b]).size < 16;
  check(!equal, () => `random() repeats itself within or between addresses: ${a} and ${b}`);
};

/** For schemes that declare what random integers cost. */
export const randomness = <S>(subject: Subject<S>): Property[] =>
  subject.scheme.cost.random === undefined ? [] : properties(subject);

const properties = <S>(subject: Subject<S>): Property[] => [
  ...[1, 5, 24, 64].map((bits) => ({
    name: `${bits} random bits are in range and uniform`,
    check: () => uniform(subject, bits),
  })),
  { name: 'random integers differ by element and address', check: () => different(subject) },
];
