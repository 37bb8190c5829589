import type { Op, Session } from '@triad/protocol';
import { type Shape, Tensor, xor } from '@triad/ring';
import { kernels } from './kernel.js';
import { keys, next, previous, type Share } from './share.js';
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
  const { a: key0, b: key1 } = keys(session);
  const e = Tensor.empty(shape);
  const stream = Tensor.empty(shape);
  op.draw(key0, e);
  op.draw(key1, stream);
  xor(e, stream, e);
  const epsilon = Tensor.empty([e.size, bits]);
  op.at(1).draw(key0, epsilon);
  const out = Tensor.empty([e.size, bits]);
  kernels().dealBits(e.ptr, epsilon.ptr, out.ptr, e.size, bits);
  op.send(1, out.toBytes());
  const fresh = freshComponents(session, op.at(0), e);
  for (const tensor of [e, stream, epsilon, out]) tensor.dispose();
  return fresh;
};

const evaluate = async (session: Session, op: Op, shape: Shape, bits: number): Promise<Share> => {
  const { lead } = evaluator(session);
  const b = Tensor.empty(shape);
  op.draw(session.pair(lead ? next(session.rank) : previous(session.rank)), b);
  const parts = await bitParts(session, op, b.size, bits);
  const component = Tensor.empty(shape);
  op.at(0).draw(dealerKey(session), component);
  const part = Tensor.empty(shape);
  kernels().foldBits(b.ptr, parts.ptr, component.ptr, part.ptr, b.size, bits, lead ? 1 : 0);
  b.dispose();
  parts.dispose();
  return joinParts(session, op.at(0), part, component);
};

/** An evaluator's additive parts of the dealer's bits. */
const bitParts = async (session: Session, op: Op, n: number, bits: number): Promise<Tensor> => {
  if (session.rank === 1) return Tensor.fromBytes([n, bits], await op.recv(0, n * bits * 8));
  const parts = Tensor.empty([n, bits]);
  op.at(1).draw(dealerKey(session), parts);
  return parts;
};
