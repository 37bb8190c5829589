import type { Op, Session } from '@triad/protocol';
import { type Shape, Tensor, xor } from '@triad/ring';
import { kernels } from './kernel.js';
import { tensorScope } from './scope.js';
import { keys, next, previous, type Share } from './share.js';
import { drawn } from './stream.js';
import { dealerKey, evaluator, freshComponents, joinParts } from './truncation/truncation.js';

/**
 * Uniform integers in [-2^(bits-1), 2^(bits-1)) that no party knows: bit j is e_j xor b_j, where party 0 knows e (the
 * xor of one stream it has with party 1 and one with party 2) and parties 1 and 2 know b. Party 0 deals additive parts
 * of the bits of e; e_j xor b_j = b_j + (1 - 2 b_j) e_j is linear in them. 2 rounds; party 0 sends `bits` elements each,
 * parties 1 and 2 one.
 */
export const random = async (session: Session, op: Op, shape: Shape, bits: number): Promise<Share> =>
  session.rank === 0 ? deal(session, op, shape, bits) : evaluate(session, op, shape, bits);

const deal = (session: Session, op: Op, shape: Shape, bits: number): Share => {
  using scope = tensorScope();
  const { a: key0, b: key1 } = keys(session);
  const e = scope.own(drawn(op, key0, shape));
  const stream = scope.own(drawn(op, key1, shape));
  xor(e, stream, e);
  const epsilon = scope.own(drawn(op.at(1), key0, [e.size, bits]));
  const out = scope.own(Tensor.empty([e.size, bits]));
  kernels().dealBits(e.ptr, epsilon.ptr, out.ptr, e.size, bits);
  op.send(1, out.toBytes());
  return freshComponents(session, op.at(0), e);
};

const evaluate = async (session: Session, op: Op, shape: Shape, bits: number): Promise<Share> => {
  using scope = tensorScope();
  const { lead } = evaluator(session);
  const common = session.pair(lead ? next(session.rank) : previous(session.rank));
  const b = scope.own(drawn(op, common, shape));
  const parts = scope.own(await bitParts(session, op, b.size, bits));
  const component = scope.own(drawn(op.at(0), dealerKey(session), shape));
  const part = scope.own(Tensor.empty(shape));
  kernels().foldBits(b.ptr, parts.ptr, component.ptr, part.ptr, b.size, bits, lead ? 1 : 0);
  return joinParts(session, op.at(0), scope.release(part), scope.release(component));
};

/** An evaluator's additive parts of the dealer's bits. */
const bitParts = async (session: Session, op: Op, n: number, bits: number): Promise<Tensor> => {
  if (session.rank === 1) return Tensor.fromBytes([n, bits], await op.recv(0, n * bits * 8));
  return drawn(op.at(1), dealerKey(session), [n, bits]);
};
