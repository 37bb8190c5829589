import { mnistDemo } from './demo.js';

/** For `triad demo mnist-softmax`. */
export const demo = mnistDemo('softmax');
