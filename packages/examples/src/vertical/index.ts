export { demo } from './demo.js';
export { joined, keysOf, known } from './districts.js';
export { match, owners } from './match.js';
export { shareMatched } from './share.js';
