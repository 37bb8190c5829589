import { mnistDemo } from './demo.js';

/** For `triad demo mnist-mlp`. */
export const demo = mnistDemo('mlp');
