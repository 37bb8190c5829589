import type { Op, Session } from '@triad/protocol';
import { Tensor, xor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { tensorScope } from '../scope.js';
import { keys, next, previous } from '../share.js';
import { type BooleanShare, checkMaskable, width } from './share.js';

/**
 * A sharing from xor parts of its planes, which it takes over: part i gets F(key_i) xor F(key_{i+1}), three of which
 * are zero, and becomes component i (Araki et al. 2016, section 2.2). 1 round, the planes from each party.
 */
export const reshareBits = async (
  session: Session,
  op: Op,
  x: Omit<BooleanShare, 'b'>,
): Promise<BooleanShare> => {
  const { shape, a } = x;
  using scope = tensorScope(a);
  const { a: keyA, b: keyB } = keys(session);
  const stream = scope.own(Tensor.empty(a.shape));
  for (const key of [keyA, keyB]) {
    op.draw(key, stream);
    xor(a, stream, a);
  }
  scope.free(stream);
  op.send(previous(session.rank), a.toBytes());
  const bytes = await op.recv(next(session.rank), 8 * a.size);
  return scope.release({ shape, a, b: Tensor.fromBytes(a.shape, bytes) });
};

/** Plane numbers of x and of y. */
export type PlanePair = readonly [number, number];

/** ANDs of planes of x with planes of y, pair by pair. 1 round, a plane a pair from each party. */
export const andPlanes = (
  session: Session,
  op: Op,
  { x, y }: { readonly x: BooleanShare; readonly y: BooleanShare },
  pairs: readonly PlanePair[],
): Promise<BooleanShare> => {
  const words = x.a.shape[1]!;
  const index = planeIndex(pairs);
  const a = Tensor.empty([pairs.length, words]);
  kernels().andPlanes(x.a.ptr, x.b.ptr, y.a.ptr, y.b.ptr, index.ptr, a.ptr, pairs.length, words);
  index.dispose();
  return reshareBits(session, op, { shape: x.shape, a });
};

/** The pairs as the kernels read them. */
export const planeIndex = (pairs: readonly PlanePair[]): Tensor =>
  Tensor.fromBytes([pairs.length], new Uint8Array(Uint32Array.from(pairs.flat()).buffer));

/** x and y; one bit goes with all bits of the other. */
export const and = (session: Session, op: Op, x: BooleanShare, y: BooleanShare): Promise<BooleanShare> => {
  checkMaskable(x, y);
  const [m, n] = [width(x), width(y)];
  const pairs = Array.from({ length: Math.max(m, n) }, (_, j): PlanePair => [m > 1 ? j : 0, n > 1 ? j : 0]);
  return andPlanes(session, op, { x, y }, pairs);
};
