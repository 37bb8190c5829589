export * from './ot.js';
