import { mnistDemo } from './demo.js';

/** For `triad demo mnist-logistic`. */
export const demo = mnistDemo('logistic');
