import { mnistDemo } from './demo.js';

/** For `triad demo mnist-lenet`. */
export const demo = mnistDemo('lenet');
