import type { Op, Rank, Session } from '@triad/protocol';
import { add, type Shape, size, sub, Tensor } from '@triad/ring';
import { tensorScope } from './scope.js';
import { next, parties, previous, type Share } from './share.js';
import { drawn } from './stream.js';

/** Opens x to all or to one computing party: the component that party lacks is sent by the one before it. */
export const reveal = async (
  session: Session,
  op: Op,
  x: Share,
  to: Rank | 'all',
): Promise<Tensor | undefined> => {
  const { rank } = session;
  if (to !== 'all' && to >= parties) return revealClient(session, op, x, to);
  if (to === 'all' || to === next(rank)) op.send(next(rank), x.a.toBytes());
  if (to !== 'all' && to !== rank) return undefined;
  const missing = await op.recv(previous(rank), x.a.size * 8);
  const out = Tensor.fromBytes(x.a.shape, missing);
  add(out, x.a, out);
  return add(out, x.b, out);
};

/**
 * Each party sends its component under a mask, the masks m_0 + m_1 + m_2 = 0 drawn from the key all computing parties
 * share: the outside party sees three uniform numbers that sum to x, and nothing of the components.
 */
const revealClient = (session: Session, op: Op, x: Share, to: Rank): undefined => {
  using scope = tensorScope();
  const masks = scope.own(drawn(op, session.common, [2, ...x.a.shape]));
  const masked = scope.own(maskComponent(session.rank, x.a, masks));
  op.send(to, masked.toBytes());
};

/** Component `rank` under its mask: m_0, m_1 are the rows of `masks`, m_2 = -m_0 - m_1. */
export const maskComponent = (rank: Rank, component: Tensor, masks: Tensor): Tensor => {
  const row = (k: number): Tensor => {
    const view = masks.rows(k, k + 1);
    const out = view.reshape(component.shape);
    view.dispose();
    return out;
  };
  const [m0, m1] = [row(0), row(1)];
  const masked = rank === 2 ? sub(component, m0) : add(component, rank === 0 ? m0 : m1);
  if (rank === 2) sub(masked, m1, masked);
  m0.dispose();
  m1.dispose();
  return masked;
};

/** The outside party's side: the sum of what the three computing parties send. */
export const receiveClient = async (op: Op, shape: Shape): Promise<Tensor> => {
  const parts = await Promise.all([0, 1, 2].map((rank) => op.recv(rank, size(shape) * 8)));
  const out = Tensor.zeros(shape);
  for (const bytes of parts) {
    const part = Tensor.fromBytes(shape, bytes);
    add(out, part, out);
    part.dispose();
  }
  return out;
};
