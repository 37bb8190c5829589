/** Words of a multiplicative generator (Knuth's MMIX), the same in every process: inputs of benchmarks. */
export const sampleWords = (count: number): BigUint64Array => {
  const words = new BigUint64Array(count);
  let state = 0x9e3779b97f4a7c15n;
  for (let i = 0; i < count; i++) {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    words[i] = state;
  }
  return words;
};

/** Numbers in [-magnitude, magnitude), evenly spread; `seed` tells samples apart. */
export const sampleNumbers = (count: number, magnitude: number, seed = 0): Float64Array => {
  let state = (seed * 0x9e3779b9 + 1) >>> 0;
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * magnitude;
  });
};
