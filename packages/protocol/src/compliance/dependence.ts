import type { Lane, Lanes } from './view.js';

/**
 * Whether what is seen tells a secret, each a bit per sample. `secret(b)` is compared with bit b of every word seen.
 * Necessary for security, not sufficient: what is looked for is one bit that leans to the secret, and any xor of bits that
 * equals it, which finds masks that are missing, known to the receiver, or used twice.
 */
export const findLeak = (seen: Lanes, secrets: readonly Lane[], samples: number): string | undefined => {
  for (const [b, secret] of secrets.entries()) {
    for (let i = b; i < seen.lanes.length; i += 64) {
      const off = correlation(seen.lanes[i]!, secret, samples);
      if (Math.abs(off) > laneDeviations)
        return `${seen.name(i)} leans to the secret by ${off.toFixed(1)} deviations`;
    }
    const words = seen.lanes.filter((_, i) => i % 64 === b);
    const terms = solve(words, secret, samples);
    if (terms !== undefined) {
      const names = terms.map((word) => seen.name(64 * word + b));
      return `the xor of ${names.join(' and ')} is bit ${b} of the secret`;
    }
  }
  return undefined;
};

/** Beyond what some hundred thousand lanes reach by chance: once in 10^6 suites. */
const laneDeviations = 7;

const onesOf = (word: number): number => {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
};

/** How far the number of samples with both bits is from its mean if they were independent, in standard deviations. */
const correlation = (a: Lane, b: Lane, samples: number): number => {
  let [p, q, both] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    p += onesOf(a[i]!);
    q += onesOf(b[i]!);
    both += onesOf(a[i]! & b[i]!);
  }
  const variance = (p * q * (samples - p) * (samples - q)) / samples ** 3;
  return variance === 0 ? 0 : (both - (p * q) / samples) / Math.sqrt(variance);
};

interface Combination {
  readonly lane: Lane;
  /** Which words it is the xor of; -1 stands for a constant 1. */
  readonly terms: Set<number>;
}

/**
 * The words whose xor, possibly negated, is the secret in every sample, if there are any: elimination over GF(2). There
 * must be many more samples than words, or some xor is the secret by chance.
 */
const solve = (words: readonly Lane[], secret: Lane, samples: number): number[] | undefined => {
  const basis = new Map<number, Combination>();
  const reduce = (lane: Lane, terms: Set<number>): Combination | undefined => {
    const rest = { lane: lane.slice(), terms };
    for (let pivot = firstOne(rest.lane); pivot >= 0; pivot = firstOne(rest.lane)) {
      const known = basis.get(pivot);
      if (known === undefined) {
        basis.set(pivot, rest);
        return rest;
      }
      addTo(rest, known);
    }
    return undefined;
  };
  const constant = secret.map((_, i) => (samples >= 32 * (i + 1) ? -1 : (1 << (samples % 32)) - 1));
  for (const [i, word] of [constant, ...words].entries()) reduce(word, new Set([i - 1]));
  const terms = new Set<number>();
  if (reduce(secret, terms) !== undefined) return undefined;
  return [...terms].filter((word) => word >= 0).sort((a, b) => a - b);
};

/** The number of the first sample whose bit is 1, or -1. */
const firstOne = (lane: Lane): number => {
  const i = lane.findIndex((word) => word !== 0);
  return i < 0 ? -1 : 32 * i + 31 - Math.clz32(lane[i]! & -lane[i]!);
};

const addTo = (target: Combination, other: Combination): void => {
  for (let i = 0; i < target.lane.length; i++) target.lane[i]! ^= other.lane[i]!;
  for (const term of other.terms) if (!target.terms.delete(term)) target.terms.add(term);
};
