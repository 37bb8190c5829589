import { defaultFractionBits, type Tensor } from '@triad/ring';

/** The largest distance of truncated words from exact ones divided by 2^16, in units of the result. */
export const largestError = (truncated: Tensor, exact: Tensor): number => {
  const [y, x] = [truncated, exact].map((t) => new BigInt64Array(t.toBytes().buffer));
  return x!.reduce((largest, word, i) => {
    const error = Number((y![i]! << BigInt(defaultFractionBits)) - word) / 2 ** defaultFractionBits;
    return Math.max(largest, Math.abs(error));
  }, 0);
};
