export * from './custom-protocol/index.js';
export * from './house-price/index.js';
export * from './wage-survey/index.js';
