import type { Initializer } from './node/node.js';

/** Every element the same public number. */
export const constantInitializer = (value: number): Initializer => ({ kind: 'constant', value });

/** Uniform in (-limit, limit), drawn under sharing: no party knows the values. */
export const uniformInitializer = (limit: number): Initializer => ({ kind: 'uniform', limit });

/** Uniform with limit sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, AISTATS 2010, eq. 16). */
export const xavierInitializer = (fanIn: number, fanOut: number): Initializer =>
  uniformInitializer(Math.sqrt(6 / (fanIn + fanOut)));
