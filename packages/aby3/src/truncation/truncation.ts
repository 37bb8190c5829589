import type { Cost, Op, Session } from '@triad/protocol';
import { add, Tensor } from '@triad/ring';
import { tensorScope } from '../scope.js';
import { keys, type Share } from '../share.js';
import { drawn } from '../stream.js';

/** A protocol that divides by a power of two. */
export interface Truncation {
  readonly name: string;
  /** The largest number of bits it cuts. */
  readonly maxBits: number;
  cost(elements: number, bits: number): Cost;
  /** A sharing of z / 2^bits from additive parts, so that a product need not be reshared before; z stays the caller's. */
  apply(session: Session, op: Op, z: Tensor, bits: number): Promise<Share>;
}

/** Both components of a fresh sharing that party 0 holds: streams it has with party 2 and with party 1. */
export const freshComponents = (session: Session, op: Op, { shape }: Pick<Tensor, 'shape'>): Share => {
  using scope = tensorScope();
  const { a: key0, b: key1 } = keys(session);
  const a = scope.own(drawn(op, key0, shape));
  const b = drawn(op, key1, shape);
  return scope.release({ a, b });
};

/** Of the two parties that evaluate, party 1 leads: it adds what is public. */
export interface Evaluator {
  readonly lead: boolean;
  readonly other: 1 | 2;
}

export const evaluator = (session: Session): Evaluator =>
  session.rank === 1 ? { lead: true, other: 2 } : { lead: false, other: 1 };

/** The key an evaluator has with party 0. */
export const dealerKey = (session: Session) => (session.rank === 1 ? keys(session).a : keys(session).b);

/** What the other evaluator has where this one has `mine`. */
export const exchange = async (session: Session, op: Op, mine: Tensor): Promise<Tensor> => {
  const { other } = evaluator(session);
  op.send(other, mine.toBytes());
  return Tensor.fromBytes(mine.shape, await op.recv(other, mine.size * 8));
};

/**
 * The evaluators' last round. Party i sends its additive part of the result minus the component it holds with party 0;
 * the sum of both is component 2. Takes over both tensors.
 */
export const joinParts = async (
  session: Session,
  op: Op,
  part: Tensor,
  component: Tensor,
): Promise<Share> => {
  using scope = tensorScope(part, component);
  const rest = await exchange(session, op, part);
  add(rest, part, rest);
  return scope.release(evaluator(session).lead ? { a: component, b: rest } : { a: rest, b: component });
};
