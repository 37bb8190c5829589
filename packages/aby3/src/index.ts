export { type Aby3Options, aby3 } from './aby3.js';
export type { Share } from './share.js';
