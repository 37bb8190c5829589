import type { Op, Session } from '@triad/protocol';
import { type Shape, size, Tensor, xor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { tensorScope } from '../scope.js';
import { keys, type Share } from '../share.js';
import { drawn } from '../stream.js';
import { dealerKey, evaluator, freshComponents, joinParts } from '../truncation/truncation.js';
import { toUnsigned } from './input.js';
import { type BooleanShare, width } from './share.js';

/**
 * Boolean to arithmetic in 2 rounds. Party 0 knows e = x_0 xor x_1, parties 1 and 2 know b = x_2, and bit j of x is
 * e_j xor b_j = b_j + (1 - 2 b_j) e_j: linear in parts of the bits of e, which party 0 deals, to party 2 as a stream.
 * The part of bit j counts 2^j times and so needs 64 - j bits only: bits j and 64 - j share a word.
 */

/** Words party 0 deals for an element of so many bits. */
export const dealtWords = (bits: number): number => Math.min(bits, 33);

/** The unsigned numbers whose bits these are. */
export const b2a = (session: Session, op: Op, x: BooleanShare): Promise<Share> =>
  convert(session, op, known(session, x, toUnsigned), width(x));

/** Every bit as the number 0 or 1: [width, ...shape]. */
export const bitInjection = (session: Session, op: Op, x: BooleanShare): Promise<Share> =>
  convert(session, op, known(session, x, toLanes), 1);

/** What this party knows of x for certain: x_0 xor x_1, or x_2. */
export const known = (
  { rank }: Session,
  { shape, a, b }: BooleanShare,
  read: (planes: Tensor, shape: Shape) => Tensor,
): Tensor => {
  if (rank !== 0) return read(rank === 1 ? b : a, shape);
  const both = xor(a, b);
  const out = read(both, shape);
  both.dispose();
  return out;
};

/** Lane by lane as words 0 or 1. */
export const toLanes = (planes: Tensor, shape: Shape): Tensor => {
  const out = Tensor.empty([planes.shape[0]!, ...shape]);
  kernels().lanesToWords(planes.ptr, out.ptr, planes.shape[0]!, size(shape));
  return out;
};

const convert = async (session: Session, op: Op, word: Tensor, bits: number): Promise<Share> => {
  try {
    return session.rank === 0 ? deal(session, op, word, bits) : await evaluate(session, op, word, bits);
  } finally {
    word.dispose();
  }
};

const deal = (session: Session, op: Op, e: Tensor, bits: number): Share => {
  using scope = tensorScope();
  const epsilon = scope.own(drawn(op, keys(session).a, [e.size, dealtWords(bits)]));
  const out = scope.own(Tensor.empty(epsilon.shape));
  kernels().dealWord(e.ptr, epsilon.ptr, out.ptr, e.size, bits);
  op.send(1, out.toBytes());
  return freshComponents(session, op.at(0), e);
};

const evaluate = async (session: Session, op: Op, b: Tensor, bits: number): Promise<Share> => {
  using scope = tensorScope();
  const parts = scope.own(await dealt(session, op, [b.size, dealtWords(bits)]));
  const component = scope.own(drawn(op.at(0), dealerKey(session), b.shape));
  const part = scope.own(Tensor.empty(b.shape));
  const lead = evaluator(session).lead ? 1 : 0;
  kernels().foldWord(b.ptr, parts.ptr, component.ptr, part.ptr, b.size, bits, lead);
  return joinParts(session, op.at(0), scope.release(part), scope.release(component));
};

/** An evaluator's parts of what party 0 deals. */
export const dealt = async (session: Session, op: Op, shape: Shape): Promise<Tensor> => {
  if (evaluator(session).lead) return Tensor.fromBytes(shape, await op.recv(0, 8 * size(shape)));
  return drawn(op, dealerKey(session), shape);
};
