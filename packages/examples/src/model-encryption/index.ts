export { openRows, predict, trainInTheOpen, update } from './stages.js';
