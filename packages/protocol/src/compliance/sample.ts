import { Prg, type Shape, size, Tensor } from '@triad/ring';

/** Words outside the shared memory, with the shape they have as a tensor. */
export interface Value {
  readonly shape: Shape;
  readonly words: readonly bigint[];
}

/** Repeatable uniform words in [-2^63, 2^63). */
export const words = (seed: number, count: number): bigint[] => {
  const tensor = Tensor.empty([count]);
  new Prg(Uint8Array.from({ length: 16 }, (_, i) => (seed >>> (8 * (i % 4))) & 0xff)).fill(
    count,
    0,
    0,
    tensor,
  );
  return take(tensor).words as bigint[];
};

/** Repeatable uniform values in [-2^bits, 2^bits), or all of the ring. */
export const value = (shape: Shape, seed: number, bits = 63): Value => ({
  shape,
  words: words(seed, size(shape)).map((word) => BigInt.asIntN(bits + 1, word)),
});

/** Words at the edges of the ring. */
export const extremes: Value = {
  shape: [2, 3],
  words: [0n, -1n, 1n, 2n ** 63n - 1n, -(2n ** 63n), 81985529216486895n],
};

export const tensor = ({ shape, words }: Value): Tensor => Tensor.from(shape, words);

/** Reads a tensor and disposes it. */
export const take = (x: Tensor): Value => {
  const value = { shape: x.shape, words: x.toBigInts() };
  x.dispose();
  return value;
};

/** Values of all magnitudes below 2^bits: the edges, multiples of 2^cut, both signs. */
export const spread = (bits: number, cut: number, count: number): Value => {
  const limit = 2n ** BigInt(bits);
  const unit = 2n ** BigInt(cut);
  const edges = [
    0n,
    1n,
    -1n,
    unit,
    -unit,
    unit / 2n,
    -unit / 2n,
    limit - 1n,
    1n - limit,
    limit - unit,
    unit - limit,
  ];
  const rest = words(bits, count - edges.length).map((word, i) => {
    const magnitude = BigInt.asUintN(1 + (i % bits), word);
    const multiple = i % 3 === 0 ? (magnitude / unit) * unit : magnitude;
    return i & 1 ? multiple : -multiple;
  });
  return { shape: [count], words: [...edges, ...rest] };
};

/**
 * Standard deviations beyond which a test fails: once in 5 10^8 for a normal variable. Samples are seeded, so that a
 * scheme passes or fails for good.
 */
export const deviations = 6;

/** Pearson's statistic of counts against equal expectations. */
export const chiSquare = (counts: readonly number[]): number => {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
};

/** What chi-square stays under, six deviations out: Wilson and Hilferty's approximation. */
export const chiSquareBound = (freedom: number): number => {
  const v = 2 / (9 * freedom);
  return freedom * (1 - v + deviations * Math.sqrt(v)) ** 3;
};
