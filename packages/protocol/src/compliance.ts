import type { Property } from './compliance/check.js';
import { comparison } from './compliance/comparison.js';
import { costs } from './compliance/cost.js';
import { life } from './compliance/life.js';
import { linearity } from './compliance/linear.js';
import { misuse } from './compliance/misuse.js';
import { products } from './compliance/product.js';
import { randomness } from './compliance/random.js';
import { secrecy } from './compliance/secrecy.js';
import { sharing } from './compliance/sharing.js';
import type { Subject, TruncationClaim } from './compliance/subject.js';
import { transcripts } from './compliance/transcript.js';
import { fusedTruncation, truncation } from './compliance/truncation.js';
import type { Scheme } from './protocol.js';

export type { TruncationClaim } from './compliance/subject.js';

/** The two functions of a test runner: vitest, jest, mocha and node:test all have them. */
export interface Runner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}

export interface SuiteOptions {
  /** What the scheme says of its truncation; default: |x| <= 2^61, off by at most one unit, unbiased. */
  readonly truncation?: Partial<TruncationClaim>;
}

const truncationClaim: TruncationClaim = { magnitudeBits: 61, maxError: 1, unbiased: true };

/**
 * Tests of everything a protocol promises: results, truncation error and bias, random integers, comparisons, declared costs,
 * errors, repeatability, and, unless it claims to withstand nobody, that what corrupted parties see does not depend on
 * secrets. All samples are seeded: a scheme passes or fails for good. Passing is no proof of security. Not to be run
 * concurrently with anything that uses ring's memory, which it watches.
 */
export const protocolSuite = <S>(scheme: Scheme<S>, runner: Runner, options: SuiteOptions = {}): void => {
  const subject: Subject<S> = { scheme, truncation: { ...truncationClaim, ...options.truncation } };
  runner.describe(`protocol ${scheme.name}`, () => {
    for (const [name, properties] of groups(subject)) {
      if (properties.length > 0) group(runner, name, properties);
    }
  });
};

const groups = <S>(subject: Subject<S>): (readonly [string, Property[]])[] => [
  ['identity and memory', life(subject)],
  ['share and reveal', sharing(subject)],
  ['linear maps', linearity(subject)],
  ['products', products(subject)],
  ['truncation', truncation(subject)],
  ['truncated products', fusedTruncation(subject)],
  ['random integers', randomness(subject)],
  ['comparisons', comparison(subject)],
  ['costs', costs(subject)],
  ['transcripts', transcripts(subject)],
  ['secrecy', secrecy(subject)],
  ['misuse', misuse(subject)],
];

const group = ({ describe, it }: Runner, name: string, properties: readonly Property[]): void => {
  describe(name, () => {
    for (const property of properties) it(property.name, () => property.check());
  });
};
