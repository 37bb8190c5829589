export { type Clicks, clicks, outside, scoring, sizes, training, width } from './machine.js';
export { days, type Outcome, train } from './party.js';
