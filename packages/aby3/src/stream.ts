import type { Op, Prf } from '@triad/protocol';
import { type Shape, Tensor } from '@triad/ring';

/** A key's stream at an op. */
export const drawn = (op: Op, key: Prf, shape: Shape): Tensor => {
  const out = Tensor.empty(shape);
  try {
    op.draw(key, out);
    return out;
  } catch (error) {
    out.dispose();
    throw error;
  }
};
