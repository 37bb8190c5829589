import type { Op, Session } from '@triad/protocol';
import { add, type Bilinear, equalShapes, type Linear, sub, Tensor } from '@triad/ring';
import { kernels } from './kernel.js';
import { tensorScope } from './scope.js';
import { keys, next, previous, type Share } from './share.js';

/**
 * This party's additive part of f(x, y): the nine products x_i y_j, each computed by a party that holds both factors,
 * grouped so that party 0 needs one product and parties 1 and 2 two each:
 * (x0 + x1)(y0 + y1),  x2 (y1 + y2) + x1 y2,  x2 y0 + x0 y2.
 */
export const localProduct = (rank: number, f: Bilinear, x: Share, y: Share): Tensor => {
  if (isElementwise(f, x, y)) return elementwiseProduct(rank, x, y);
  if (rank === 2) return f.apply(x.b, y.a, f.apply(x.a, y.b));
  const ySum = add(y.a, y.b);
  const z = rank === 0 ? productOfSums(f, x, ySum) : f.apply(x.a, y.b, f.apply(x.b, ySum));
  ySum.dispose();
  return z;
};

const isElementwise = (f: Bilinear, { a: { shape } }: Share, { a: y }: Share): boolean =>
  f.elementwise === true && equalShapes(shape, y.shape) && equalShapes(shape, f.shape(shape, y.shape));

const elementwiseProduct = (rank: number, x: Share, y: Share): Tensor => {
  const z = Tensor.empty(x.a.shape);
  kernels().products(rank, x.a.ptr, x.b.ptr, y.a.ptr, y.b.ptr, z.ptr, z.size);
  return z;
};

const productOfSums = (f: Bilinear, x: Share, ySum: Tensor): Tensor => {
  const xSum = add(x.a, x.b);
  const z = f.apply(xSum, ySum);
  xSum.dispose();
  return z;
};

/** The maps one after the other; takes over x. */
export const applyAll = (maps: readonly Linear[], x: Tensor): Tensor =>
  maps.reduce((value, f) => {
    try {
      return f.apply(value);
    } finally {
      value.dispose();
    }
  }, x);

/**
 * A replicated sharing of z from additive parts, which it takes over: part i gets a zero share F(key_i) - F(key_{i+1})
 * and becomes component i (Araki et al. 2016, section 2.2). 1 round, 1 element each.
 */
export const reshare = async (session: Session, op: Op, z: Tensor): Promise<Share> => {
  using scope = tensorScope(z);
  const { a, b } = keys(session);
  const stream = scope.own(Tensor.empty(z.shape));
  op.draw(a, stream);
  add(z, stream, z);
  op.draw(b, stream);
  sub(z, stream, z);
  scope.free(stream);
  op.send(previous(session.rank), z.toBytes());
  const bytes = await op.recv(next(session.rank), z.size * 8);
  return scope.release({ a: z, b: Tensor.fromBytes(z.shape, bytes) });
};
