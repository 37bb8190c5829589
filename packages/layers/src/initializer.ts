import type { Initializer } from './node/node.js';

/** Every element the same public number. */
export const constantInitializer = (value: number): Initializer => ({ kind: 'constant', value });

/** Uniform in (-limit, limit), drawn under sharing: no party knows the values. */
export const uniformInitializer = (limit: number): Initializer => ({ kind: 'uniform', limit });

/**
 * Normal with mean 0 and this standard deviation, drawn under sharing: the sum of 12 uniform numbers, whose
 * distribution function is within 0.0025 of the normal one, and which stays within 6 deviations.
 */
export const normalInitializer = (deviation: number): Initializer => ({ kind: 'normal', deviation });

/** Uniform with limit sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, AISTATS 2010, eq. 16). */
export const xavierInitializer = (fanIn: number, fanOut: number): Initializer =>
  uniformInitializer(Math.sqrt(6 / (fanIn + fanOut)));

/** Normal with variance 2 / (fanIn + fanOut) (Glorot and Bengio, AISTATS 2010, eq. 12). */
export const xavierNormalInitializer = (fanIn: number, fanOut: number): Initializer =>
  normalInitializer(Math.sqrt(2 / (fanIn + fanOut)));

/** Uniform with variance 2 / fanIn, for layers before a relu (He et al., ICCV 2015, eq. 10). */
export const kaimingInitializer = (fanIn: number): Initializer => uniformInitializer(Math.sqrt(6 / fanIn));

/** Normal with variance 2 / fanIn (He et al., ICCV 2015, eq. 10). */
export const kaimingNormalInitializer = (fanIn: number): Initializer =>
  normalInitializer(Math.sqrt(2 / fanIn));
