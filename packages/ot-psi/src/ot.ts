export * from './base-ot.js';
export * from './exchange.js';
export { messageBytes } from './key.js';
