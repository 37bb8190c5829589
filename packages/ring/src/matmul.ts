import { RingError } from './error.js';
import type { Form } from './form.js';
import { gemm, type Matrix } from './gemm.js';
import { broadcastShapes, broadcastStrides, format, type Shape } from './shape.js';
import type { Tensor } from './tensor.js';

export interface MatmulOptions {
  /** x comes as [..., k, m]. */
  readonly transposeX?: boolean;
  /** y comes as [..., n, k]. */
  readonly transposeY?: boolean;
}

/** Matrix i of a stack, as a product reads it. */
const matrix = (x: Tensor, offset: number, transposed: boolean): Matrix => {
  const cols = x.shape[x.shape.length - 1]!;
  return { ptr: x.ptr + offset * 8, row: transposed ? 1 : cols, col: transposed ? cols : 1 };
};

/** Adds to the matrices of one operand, for all indices of the leading axes the stacks broadcast to. */
const eachMatrix = (
  x: Tensor,
  y: Tensor,
  z: Tensor,
  visit: (x: number, y: number, z: number) => void,
): void => {
  const batch = z.shape.slice(0, -2);
  const steps = [x, y].map((operand) => {
    const lead = operand.shape.slice(0, -2);
    const matrixSize = operand.shape[operand.shape.length - 2]! * operand.shape[operand.shape.length - 1]!;
    return broadcastStrides(lead, batch).map((step) => step * matrixSize);
  }) as [number[], number[]];
  const zSize = z.shape[z.shape.length - 2]! * z.shape[z.shape.length - 1]!;
  let index = 0;
  const descend = (axis: number, a: number, b: number): void => {
    if (axis === batch.length) visit(a, b, zSize * index++);
    else
      for (let i = 0; i < batch[axis]!; i++)
        descend(axis + 1, a + i * steps[0][axis]!, b + i * steps[1][axis]!);
  };
  descend(0, 0, 0);
};

export const matmulForm = (options: MatmulOptions): Form => {
  const { transposeX = false, transposeY = false } = options;
  const dimensions = (x: Shape, y: Shape) => {
    const [m, kx] = matrixShape(x, transposeX);
    const [ky, n] = matrixShape(y, transposeY);
    if (kx !== ky)
      throw new RingError('shape', `inner extents of ${format(x)} and ${format(y)} differ: ${kx} and ${ky}`);
    return { m, n, k: kx };
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

const matrixShape = (shape: Shape, transposed: boolean): readonly [number, number] => {
  if (shape.length < 2) throw new RingError('shape', `a matrix has two axes or more; got ${format(shape)}`);
  const [rows, cols] = shape.slice(-2) as [number, number];
  return transposed ? [cols, rows] : [rows, cols];
};
