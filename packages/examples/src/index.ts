export * from './house-price/index.js';
