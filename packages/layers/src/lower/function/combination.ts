import { bilinear, type Linear, Tensor } from '@triad/ring';
import { misuse } from '../../misuse.js';
import { type BoundShape, countElements } from '../../shape.js';

/** Rows of public integers times [columns, ...shape]: [rows, ...shape], every row a sum of multiples. */
export const combination = (rows: readonly (readonly bigint[])[]): Linear => {
  const shapeOf = ([columns, ...rest]: BoundShape): BoundShape => {
    if (columns !== rows[0]!.length) throw misuse(`${columns} values do not fit the rows`, 'give one each');
    return [rows.length, ...rest];
  };
  return {
    name: 'combination',
    attributes: {},
    shape: (x) => shapeOf(x!),
    apply: (x) => {
      const shape = shapeOf(x!.shape);
      const matrix = Tensor.from([rows.length, rows[0]!.length], rows.flat());
      const flat = x!.reshape([x!.shape[0]!, countElements(x!.shape.slice(1))]);
      const product = bilinear.matmul().apply(matrix, flat);
      const out = product.reshape(shape);
      for (const tensor of [matrix, flat, product]) tensor.dispose();
      return out;
    },
  };
};
