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

/**
 * The words whose xor, possibly negated, is the secret in every sample, if there are any: elimination over GF(2). There
 * must be many more samples than words, or some xor is the secret by chance. Beside its samples a row notes, bit by bit, which
 * rows it is the xor of; the first is a constant 1.
 */
const solve = (words: readonly Lane[], secret: Lane, samples: number): number[] | undefined => {
  const constant = secret.map((_, i) => (samples >= 32 * (i + 1) ? -1 : (1 << (samples % 32)) - 1));
  const rows = [constant, ...words];
  const width = secret.length;
  const basis = new Map<number, Lane>();
  const reduce = (lane: Lane, own?: number): Lane | undefined => {
    const row = new Uint32Array(width + Math.ceil(rows.length / 32));
    row.set(lane);
    if (own !== undefined) row[width + (own >> 5)]! |= 1 << (own & 31);
    for (let pivot = firstOne(row, width); pivot >= 0; pivot = firstOne(row, width)) {
      const known = basis.get(pivot);
      if (known === undefined) {
        basis.set(pivot, row);
        return undefined;
      }
      for (let i = pivot >> 5; i < row.length; i++) row[i]! ^= known[i]!;
    }
    return row.subarray(width);
  };
  for (const [i, row] of rows.entries()) reduce(row, i);
  const terms = reduce(secret);
  return terms && words.flatMap((_, i) => (((terms[(i + 1) >> 5]! >> ((i + 1) & 31)) & 1) === 1 ? [i] : []));
};

/** The number of the first sample whose bit is 1, or -1. */
const firstOne = (row: Lane, width: number): number => {
  for (let i = 0; i < width; i++) {
    const word = row[i]!;
    if (word !== 0) return 32 * i + 31 - Math.clz32(word & -word);
  }
  return -1;
};
