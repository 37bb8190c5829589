import { RingError } from './error.js';
import type { Form } from './form.js';
import { type Extents, gemm, type Matrix } from './gemm.js';
import { walk } from './nest.js';
import { broadcastShapes, broadcastStrides, format, type Shape } from './shape.js';
import type { Tensor } from './tensor.js';

export interface MatmulOptions {
  /** x comes as [..., k, m]. */
  readonly transposeX?: boolean;
  /** y comes as [..., n, k]. */
  readonly transposeY?: boolean;
}

/** An extent counted from the end of a shape. */
const fromEnd = (shape: Shape, axis: 1 | 2): number => shape[shape.length - axis]!;

const matrixSize = (shape: Shape): number => fromEnd(shape, 2) * fromEnd(shape, 1);

/** The matrix at an offset in a stack, as a product reads it. */
const matrix = (x: Tensor, offset: number, transposed: boolean): Matrix => {
  const cols = fromEnd(x.shape, 1);
  return { ptr: x.ptr + offset * 8, row: transposed ? 1 : cols, col: transposed ? cols : 1 };
};

/** Visits the offsets of the matrices of all three stacks, for every index of the leading axes x and y broadcast to. */
const eachMatrix = (
  x: Tensor,
  y: Tensor,
  z: Tensor,
  visit: (x: number, y: number, z: number) => void,
): void => {
  if (z.shape.length === 2) {
    visit(0, 0, 0);
    return;
  }
  const batch = z.shape.slice(0, -2);
  const steps = (operand: Shape) => broadcastStrides(operand.slice(0, -2), batch);
  const [xSize, ySize, zSize] = [matrixSize(x.shape), matrixSize(y.shape), matrixSize(z.shape)];
  walk({ extents: batch, a: steps(x.shape), b: steps(y.shape) }, 0, (i, j, l) =>
    visit(i * xSize, j * ySize, l * zSize),
  );
};

export const matmulForm = (options: MatmulOptions): Form => {
  const { transposeX = false, transposeY = false } = options;
  const dimensions = (x: Shape, y: Shape): Extents => {
    if (x.length < 2 || y.length < 2) {
      throw new RingError('shape', `matrices have two axes or more; got ${format(x)} and ${format(y)}`);
    }
    const k = fromEnd(x, transposeX ? 2 : 1);
    const ky = fromEnd(y, transposeY ? 1 : 2);
    if (k !== ky)
      throw new RingError('shape', `inner extents of ${format(x)} and ${format(y)} differ: ${k} and ${ky}`);
    return { m: fromEnd(x, transposeX ? 1 : 2), n: fromEnd(y, transposeY ? 2 : 1), k };
  };
  return {
    name: 'matmul',
    attributes: { transposeX, transposeY },
    shape: (x, y) => {
      const { m, n } = dimensions(x, y);
      return x.length === 2 && y.length === 2
        ? [m, n]
        : [...broadcastShapes(x.slice(0, -2), y.slice(0, -2)), m, n];
    },
    accumulate: {
      z: (x, y, z) => {
        const { m, n, k } = dimensions(x.shape, y.shape);
        eachMatrix(x, y, z, (i, j, l) =>
          gemm(matrix(x, i, transposeX), matrix(y, j, transposeY), matrix(z, l, false), { m, n, k }),
        );
      },
      x: (x, y, z) => {
        const { m, n, k } = dimensions(x.shape, y.shape);
        eachMatrix(x, y, z, (i, j, l) =>
          gemm(matrix(z, l, false), matrix(y, j, !transposeY), matrix(x, i, transposeX), { m, n: k, k: n }),
        );
      },
      y: (x, y, z) => {
        const { m, n, k } = dimensions(x.shape, y.shape);
        eachMatrix(x, y, z, (i, j, l) =>
          gemm(matrix(x, i, !transposeX), matrix(z, l, false), matrix(y, j, transposeY), { m: k, n, k: m }),
        );
      },
    },
  };
};
