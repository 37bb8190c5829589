export { type Comparison, compare } from './compare.js';
export { classes, digitsIn, images, isHigh, oneHot, type Part, pixels } from './digits.js';
export { type Model, type ModelName, models, outside, resultParty } from './model.js';
export { type Outcome, stepCount, type Training, train, type Watch, type Weights } from './party.js';
export { runTrial, type Trial } from './trial.js';
