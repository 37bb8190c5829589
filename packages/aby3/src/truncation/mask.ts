import type { Op, Session } from '@triad/protocol';
import { add, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { tensorScope } from '../scope.js';
import { keys } from '../share.js';
import { drawn } from '../stream.js';
import { dealerKey, evaluator } from './truncation.js';

/**
 * What truncation without wrap error stands on. Party 0, the dealer, knows r = u + w - z_0, where u is a stream it has
 * with party 1 and w one it has with party 2. Parties 1 and 2, the evaluators, open c = r + z + 2^62 as (u + z_1) +
 * (w + z_2) + 2^62. As z + 2^62 < 2^63, whether the lower 63 bits wrapped shows in the top bits of c and r:
 *   z / 2^bits = floor(c' / 2^bits) - floor(r' / 2^bits) + (top(c) xor top(r)) 2^(63-bits) - 2^(62-bits) - e,
 * with c' and r' the lower 63 bits and 0 <= e < 1 but for the carry of the bits that are cut. The dealer gives the
 * evaluators additive parts of floor(r' / 2^bits) and top(r), to party 2 as a stream; the rest is linear in them.
 * The correction by the top bits follows Dalskov, Escudero, Keller (PoPETs 2020/4), section 3.2.2; a mask whose
 * truncation is shared follows ABY3 (Mohassel, Rindal, CCS 2018), section 5.1.
 */

/** The dealer's streams. */
export interface DealerMask {
  /** [n]: u. */
  readonly u: Tensor;
  /** [3, n]: w, then party 2's parts of floor(r' / 2^bits) and of top(r). */
  readonly dealt: Tensor;
}

/** The dealer's one message, to party 1: 2 elements each. */
export const deal = (session: Session, op: Op, z: Tensor, bits: number): DealerMask => {
  using scope = tensorScope();
  const { a: key0, b: key1 } = keys(session);
  const n = z.size;
  const u = scope.own(drawn(op, key1, [n]));
  const dealt = scope.own(drawn(op, key0, [3, n]));
  const out = scope.own(Tensor.empty([2, n]));
  const w = dealt.ptr;
  kernels().deal(z.ptr, u.ptr, w, w + 8 * n, w + 16 * n, out.ptr, n, bits);
  op.send(1, out.toBytes());
  return scope.release({ u, dealt });
};

/** What an evaluator knows once c is open. */
export interface Opened {
  /** Both addends of c - 2^62. */
  readonly mine: Tensor;
  readonly theirs: Tensor;
  /** Ends with this party's parts [2, n] of floor(r' / 2^bits) and top(r). */
  readonly correction: Tensor;
}

/** The evaluators' exchange, 1 element each; `plus` is added to z. */
export const open = async (session: Session, op: Op, z: Tensor, plus?: Tensor): Promise<Opened> => {
  using scope = tensorScope();
  const { lead, other } = evaluator(session);
  const n = z.size;
  const stream = scope.own(drawn(op, dealerKey(session), [lead ? 1 : 3, n]));
  const mine = scope.own(Tensor.empty([n]));
  kernels().sum(stream.ptr, z.ptr, mine.ptr, n);
  if (lead && plus !== undefined) add(mine, plus, mine);
  op.send(other, mine.toBytes());
  const [opened, dealt] = await Promise.all([op.recv(other, 8 * n), lead ? op.recv(0, 16 * n) : undefined]);
  const theirs = scope.own(Tensor.fromBytes([n], opened));
  const correction = dealt === undefined ? stream : Tensor.fromBytes([2, n], dealt);
  return scope.release({ mine, theirs, correction });
};

/** An evaluator's additive part of z / 2^bits, minus `component`. */
export const fold = (
  session: Session,
  { mine, theirs, correction }: Opened,
  component: Tensor,
  bits: number,
): Tensor => {
  const { lead } = evaluator(session);
  const n = component.size;
  const rho = correction.ptr + (lead ? 0 : 8 * n);
  const part = Tensor.empty(component.shape);
  kernels().fold(mine.ptr, theirs.ptr, rho, rho + 8 * n, component.ptr, part.ptr, n, bits, lead ? 1 : 0);
  return part;
};
