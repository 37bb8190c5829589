import { Tensor } from '@triad/ring';
import { deal, disposeAll, fold, open } from './mask.js';
import { dealerKey, freshComponents, joinParts, type Truncation } from './truncation.js';

/**
 * Truncation without wrap error: z / 2^bits for |z| < 2^62, rounded up with probability equal to the fraction and down
 * otherwise, so without bias and off by less than one unit. 2 rounds, 2 elements from each party; party 0 only sends.
 * The carry of the cut bits that `mask` leaves open is what rounds: those of r are uniform.
 *
 * Every value a party receives is masked by a fresh stream it does not have. The rounding depends on r, which the ideal
 * functionality of rounding does not: docs/truncation.md has the proof, and what
 * Li et al. (USENIX Security 2023) mean for it.
 */
export const probabilistic: Truncation = {
  name: 'probabilistic',
  maxBits: 62,
  cost: (elements) => ({ rounds: 2, bytes: [16 * elements, 16 * elements, 16 * elements] }),
  apply: async (session, op, z, bits) => {
    if (session.rank === 0) {
      disposeAll({ ...deal(session, op, z, bits) });
      return freshComponents(session, op.at(0), z);
    }
    const { shape } = z;
    const opened = await open(session, op, z);
    const component = Tensor.empty(shape);
    op.at(0).draw(dealerKey(session), component);
    const part = fold(session, opened, component, bits);
    disposeAll({ ...opened });
    return joinParts(session, op.at(0), part, component);
  },
};
