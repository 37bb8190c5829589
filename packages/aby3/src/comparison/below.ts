import type { Cost, Op, Session } from '@triad/protocol';
import { type Linear, type Shape, sub, Tensor } from '@triad/ring';
import { applyAll } from '../product.js';
import { tensorScope } from '../scope.js';
import type { Share } from '../share.js';
import { drawn } from '../stream.js';
import { dealerKey, freshComponents, joinParts } from '../truncation/truncation.js';
import { blocks } from './block.js';
import { dealBlock } from './deal.js';
import { evaluateBlock } from './evaluate.js';
import { type Layout, layout } from './layout.js';

/** What is compared: [x < t] for each t, then `after`. */
export interface Comparison {
  readonly x: Share;
  readonly thresholds: readonly bigint[];
  readonly after: readonly Linear[];
}

/**
 * The bits [x < t] as integers. Party 0 knows a = x_0 + x_1, parties 1 and 2 know b = x_2 - t; the sign of x - t = a + b is the
 * top bits of a and b, xor the carry into them. A carry tree of radix 4 computes it, on xor shares that parties 1 and 2
 * have, so that no party's view depends on a or b:
 *
 * - Leaves, 16 chunks of 4 bits: party 0 deals shares of every monomial of its bits in a chunk. Propagate and generate of the chunk are
 *   linear in these, with coefficients that parties 1 and 2 know: the polynomials of b's bits.
 * - Nodes, 4 and then 1: parties 1 and 2 open their children's propagates and generates under masks u xor w, u being a stream
 *   that party 0 has with party 1, w with party 2. Party 0 deals shares of the monomials of the masks; the node is linear
 *   in them (function-dependent preprocessing, as in Turbospeedz, Ben-Efraim, Nielsen, Omri, ACNS 2019).
 * - The sign is opened under one more mask, whose bit party 0 deals as an additive share: e xor rho = e + rho - 2 e rho.
 *
 * 5 rounds: party 0's message, three openings, and the last, by which the result is replicated. Party 0 receives nothing.
 */
export const below = async (session: Session, op: Op, comparison: Comparison): Promise<Share> => {
  const { x, thresholds } = comparison;
  if (session.rank === 0) return dealAll(session, op, comparison);
  using scope = tensorScope();
  const parts = scope.own(Tensor.empty([thresholds.length, ...x.a.shape]));
  const task = { x: session.rank === 1 ? x.b : x.a, thresholds, parts };
  await Promise.all(
    blocks(x.a.size, thresholds.length).map((block) =>
      evaluateBlock(session, op.at(block.index), task, block),
    ),
  );
  const part = scope.own(applyAll(comparison.after, scope.release(parts)));
  const component = drawn(op, dealerKey(session), part.shape);
  sub(part, component, part);
  return joinParts(session, op, scope.release(part), component);
};

const dealAll = (session: Session, op: Op, { x, thresholds, after }: Comparison): Share => {
  for (const block of blocks(x.a.size, thresholds.length))
    dealBlock(session, op.at(block.index), x, thresholds.length, block);
  const shape = after.reduce<Shape>((s, f) => f.shape(s), [thresholds.length, ...x.a.shape]);
  return freshComponents(session, op, { shape });
};

/** `result` counts the elements after the linear maps. */
export const belowCost = (elements: number, thresholds: number, result: number): Cost => {
  const all = blocks(elements, thresholds).map((block) => layout(block, thresholds));
  const total = (bytes: (at: Layout) => number) => all.reduce((sum, at) => sum + bytes(at), 0);
  const evaluator = total(({ first, last, top }) => first + last + top) + 8 * result;
  return { rounds: 5, bytes: [total(({ dealt }) => dealt), evaluator, evaluator] };
};
