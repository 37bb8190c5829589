/**
 * Dual LPN with regular noise, as in libOTe's silent VOLE: a vector of N = 2 m elements in `trees` intervals, one random element in each,
 * compressed to m by an expand-convolute code (Raghuraman, Rindal, Tanguy, "Expand-Convolute Codes for Pseudorandom Correlation Generators from
 * LPN", CRYPTO 2023; eprint 2023/882) with expander weight 7 and convolution memory 24.
 *
 * Linear tests with minimum distance d N succeed with bias (1 - 2d)^trees; for this code libOTe assumes d = 0.15, which needs
 * 128 / -log2(0.7) = 249 intervals for 128 bits. The distance is an estimate from small codes, not a proof.
 */
export interface VoleShape {
  /** Intervals of the noise, each of them a GGM tree. */
  readonly trees: number;
  /** Elements of an interval; even. */
  readonly leaves: number;
  /** Levels below the root. */
  readonly depth: number;
  /** Elements before the code: trees * leaves. */
  readonly noisy: number;
  /** Elements after it. */
  readonly count: number;
}

export const trees = 256;
/** Elements of the convolution's memory. */
export const memoryLength = 24;

export const voleShape = (count: number): VoleShape => {
  const leaves = 2 * Math.ceil(count / trees);
  let depth = 1;
  while (2 ** depth < leaves) depth++;
  return { trees, leaves, depth, noisy: trees * leaves, count };
};
