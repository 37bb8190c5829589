export { replicated } from './replicated.js';
