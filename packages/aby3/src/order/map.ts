import { bilinear, type Linear, type Shape, Tensor } from '@triad/ring';

/** x [..., n] times a public matrix of whole numbers [n, m]: [..., m]. */
export const timesMatrix = (rows: readonly (readonly bigint[])[]): Linear => {
  const [height, width] = [rows.length, rows[0]!.length];
  const shapeOf = (x: Shape): Shape => [...x.slice(0, -1), width];
  return {
    name: 'timesMatrix',
    attributes: {},
    shape: (x) => shapeOf(x!),
    apply: (x) => {
      const matrix = Tensor.from([height, width], rows.flat());
      const flat = x!.reshape([x!.size / height, height]);
      const product = bilinear.matmul().apply(flat, matrix);
      const out = product.reshape(shapeOf(x!.shape));
      for (const tensor of [matrix, flat, product]) tensor.dispose();
      return out;
    },
  };
};

/** x [2, ...] to x[1] - x[0], of the shape that follows. */
export const difference: Linear = {
  name: 'difference',
  attributes: {},
  shape: (x) => x!.slice(1),
  apply: (x) => {
    const rows = x!.reshape([2, x!.size / 2]);
    const column = Tensor.from([1, 2], [-1n, 1n]);
    const product = bilinear.matmul().apply(column, rows);
    const out = product.reshape(x!.shape.slice(1));
    for (const tensor of [rows, column, product]) tensor.dispose();
    return out;
  },
};
