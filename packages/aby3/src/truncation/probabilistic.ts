import type { Op, Session } from '@triad/protocol';
import { add, Tensor } from '@triad/ring';
import { disposeTensors, tensorScope } from '../scope.js';
import { keys, type Share } from '../share.js';
import { blocks, elementsOf } from './block.js';
import { deal, fold, open } from './mask.js';
import { dealerKey, evaluator, exchange, type Truncation } from './truncation.js';

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
    using scope = tensorScope();
    const out = scope.own({ a: Tensor.empty(z.shape), b: Tensor.empty(z.shape) });
    const parts = blocks(op, z.size).map((block) => ({
      op: block.op,
      z: elementsOf(z, block),
      out: { a: elementsOf(out.a, block), b: elementsOf(out.b, block) },
    }));
    if (session.rank === 0) dealAll(session, parts, bits);
    else await Promise.all(parts.map((part) => evaluate(session, part, bits)));
    return scope.release(out);
  },
};

/** A block: additive parts, and where the result goes. */
interface Part {
  readonly op: Op;
  readonly z: Tensor;
  readonly out: Share;
}

/** Party 0's components of the result are streams: what others wait for comes first. Takes the parts over. */
const dealAll = (session: Session, parts: readonly Part[], bits: number): void => {
  using scope = tensorScope();
  for (const { z, out } of parts) for (const view of [z, out]) scope.own(view);
  const { a: key0, b: key1 } = keys(session);
  for (const { op, z } of parts) disposeTensors(deal(session, op, z, bits));
  for (const { op, out } of parts) {
    op.at(0).draw(key0, out.a);
    op.at(0).draw(key1, out.b);
  }
};

/** Takes the part over. */
const evaluate = async (session: Session, { op, z, out }: Part, bits: number): Promise<void> => {
  using scope = tensorScope(z, out);
  const opened = scope.own(await open(session, op, z));
  const [component, rest] = evaluator(session).lead ? [out.a, out.b] : [out.b, out.a];
  op.at(0).draw(dealerKey(session), component);
  const part = scope.own(fold(session, opened, component, bits));
  scope.free(opened);
  const theirs = scope.own(await exchange(session, op.at(0), part));
  add(theirs, part, rest);
};
