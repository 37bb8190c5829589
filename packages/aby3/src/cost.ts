import type { Cost, CostModel } from '@triad/protocol';
import { belowCost } from './comparison/below.js';
import { parties, previous } from './share.js';
import type { Truncation } from './truncation/truncation.js';

const wordBytes = 8;

const cost = (rounds: number, ...elements: readonly number[]): Cost => ({
  rounds,
  bytes: elements.map((n) => n * wordBytes),
});

/** Only `rank` sends. */
const oneSender = (rank: number, elements: number): Cost =>
  cost(1, ...[0, 1, 2].map((r) => (r === rank ? elements : 0)));

/** What each op costs; `truncate` and the fused product by the truncation in use. */
export const costModel = (truncation: Truncation): CostModel => ({
  share: (n, owner) => oneSender(owner, 2 * n),
  reveal: (n, to) => (to === 'all' || to >= parties ? cost(1, n, n, n) : oneSender(previous(to), n)),
  bilinear: (n) => cost(1, n, n, n),
  truncate: (n, bits) => (bits === 0 ? cost(0, 0, 0, 0) : truncation.cost(n, bits)),
  bilinearTruncate: (n, bits) => (bits === 0 ? cost(1, n, n, n) : truncation.cost(n, bits)),
  below: belowCost,
  random: (n, bits) => cost(2, n * bits, n, n),
});
