export { type Comparison, compare, tolerance } from './compare.js';
export { demo } from './demo.js';
export { columns, features, type Owner, type Part, prices, rows } from './houses.js';
export { evaluation, learningRate, outside, scoring, training } from './model.js';
export { type Outcome, shareAll, type Training, train, type Watch, type Weights } from './party.js';
