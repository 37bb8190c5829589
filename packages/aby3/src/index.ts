export { type Aby3Options, aby3 } from './aby3.js';
export { type Booleans, boolean } from './boolean/boolean.js';
export { booleanCost } from './boolean/cost.js';
export type { BooleanShare } from './boolean/share.js';
export type { Share } from './share.js';
export { type SecretPermutation, secretPermutation } from './shuffle/permutation.js';
export { permute, permuteBack, shuffle, shuffleCost } from './shuffle/permute.js';
export { type Sorter, sort } from './shuffle/sort.js';
