import { kernels } from './kernel.js';

/** A matrix in memory; strides in words, one of them 1. */
export interface Matrix {
  readonly ptr: number;
  readonly row: number;
  readonly col: number;
}

/** c [m, n] += a [m, k] b [k, n]. */
export interface Extents {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

const transposed = (x: Matrix): Matrix => ({ ptr: x.ptr, row: x.col, col: x.row });

/** c += a b. */
export const gemm = (a: Matrix, b: Matrix, c: Matrix, extents: Extents): void => {
  const { m, n, k } = extents;
  if (c.col !== 1) return gemm(transposed(b), transposed(a), transposed(c), { m: n, n: m, k });
  kernels().gemm(a.ptr, b.ptr, c.ptr, m, n, k, a.row * 8, a.col * 8, b.row * 8, b.col * 8);
};
