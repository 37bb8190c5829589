import { simulate } from '../simulate.js';
import { record, type Transcript } from '../transcript.js';
import { check, type Property } from './check.js';
import { program } from './program.js';
import type { Value } from './sample.js';
import type { Subject } from './subject.js';

const run = async <S>(subject: Subject<S>, inputs: readonly Value[], seed: number): Promise<Transcript> => {
  const transcript = record();
  await simulate(subject.scheme, (party) => program(party, inputs), { seed, tap: transcript.tap });
  return transcript;
};

const of = (...words: bigint[]): Value => ({ shape: [words.length], words });
const small = [of(0n, 0n, 0n, 0n), of(1n, 1n, 1n, 1n)];
const large = [of(-1n, 2n ** 63n - 1n, -(2n ** 63n), 77n), of(3n, -(2n ** 62n), 0n, -1n)];

/** Who sends how many bytes to whom, where and when. */
const outline = ({ messages }: Transcript): string[] =>
  messages.map(({ from, to, address, bytes, round }) => {
    const { step, index, path } = address;
    return `${bytes.length} bytes from ${from} to ${to} at ${step}/${index}/${path} in round ${round}`;
  });

const oblivious = async <S>(subject: Subject<S>): Promise<void> => {
  const [a, b] = [outline(await run(subject, small, 1)), outline(await run(subject, large, 1))];
  const i = a.findIndex((line, k) => line !== b[k]);
  check(i < 0 && a.length === b.length, () => {
    const at = i < 0 ? Math.min(a.length, b.length) : i;
    return `message ${at} depends on secrets: ${a[at] ?? 'none'} for small values, ${b[at] ?? 'none'} for large ones`;
  });
};

const repeats = async <S>(subject: Subject<S>): Promise<void> => {
  const [once, again] = [await run(subject, small, 1), await run(subject, small, 1)];
  check(once.digest() === again.digest(), () => 'two runs from one seed send different bytes');
};

const differs = async <S>(subject: Subject<S>): Promise<void> => {
  const [one, other] = [await run(subject, small, 1), await run(subject, small, 2)];
  check(one.messages.length === 0 || one.digest() !== other.digest(), () => 'two seeds give the same bytes');
};

export const transcripts = <S>(subject: Subject<S>): Property[] => [
  { name: 'sizes, addresses and rounds do not depend on secrets', check: () => oblivious(subject) },
  { name: 'one seed gives the same bytes', check: () => repeats(subject) },
  { name: 'another seed gives others', check: () => differs(subject) },
];
