import type { Product, Protocol } from '../protocol.js';
import type { Op } from '../session.js';

/** A truncated product: in one go, or one after the other where the protocol has no faster way. */
export const truncateProduct = async <S>(
  protocol: Protocol<S>,
  op: Op,
  product: Product<S>,
  bits: number,
): Promise<S> => {
  if (protocol.bilinearTruncate !== undefined) return protocol.bilinearTruncate(op, product, bits);
  let z: S = await protocol.bilinear(op.at(0), product.map, product.x, product.y);
  for (const f of product.after ?? []) {
    const mapped = protocol.linear(f, z);
    protocol.dispose(z);
    z = mapped;
  }
  const out = await protocol.truncate(op.at(1), z, bits);
  protocol.dispose(z);
  return out;
};
