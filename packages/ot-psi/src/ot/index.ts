export * from './base-ot.js';
export * from './exchange.js';
export * from './extension.js';
export { messageBytes } from './key.js';
