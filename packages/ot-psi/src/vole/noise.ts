import type { VoleShape } from './parameter.js';

/** Regular noise: one element in each interval. */
export interface Noise {
  /** Its place in the interval. */
  readonly places: Uint32Array;
  /** Its value, 16 bytes each. */
  readonly values: Uint8Array;
  /** For each level of each tree, the side that the path to the place does not take, as a byte: 0 is left. */
  readonly choices: Uint8Array;
}

export const drawNoise = (
  { trees, leaves, depth }: VoleShape,
  random: (bytes: number) => Uint8Array,
): Noise => {
  const words = new DataView(random(8 * trees).buffer);
  const places = Uint32Array.from({ length: trees }, (_, i) => {
    // 53 random bits: places are uniform but for 2^-30.
    const fraction = (words.getUint32(8 * i) * 2 ** 21 + (words.getUint32(8 * i + 4) >>> 11)) / 2 ** 53;
    return Math.floor(fraction * leaves);
  });
  const choices = new Uint8Array(trees * depth);
  for (const [i, place] of places.entries()) {
    for (let level = 0; level < depth; level++) {
      choices[i * depth + level] = 1 ^ ((place >>> (depth - 1 - level)) & 1);
    }
  }
  return { places, values: random(16 * trees), choices };
};
