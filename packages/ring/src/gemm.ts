import { kernels } from './kernel.js';
import { allocate, release } from './memory.js';

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

/** Columns of a panel, rows of b packed at a time (a panel of 16 KiB), panels packed at a time, rows of a at a time. */
const panelColumns = 8;
const depth = 256;
const panelsAtOnce = 64;
const rowsAtOnce = 16;

const transposed = (x: Matrix): Matrix => ({ ptr: x.ptr, row: x.col, col: x.row });

const at = (x: Matrix, row: number, col: number): Matrix => ({
  ptr: x.ptr + (row * x.row + col * x.col) * 8,
  row: x.row,
  col: x.col,
});

/** c += a b. */
export const gemm = (a: Matrix, b: Matrix, c: Matrix, extents: Extents): void => {
  const { m, n, k } = extents;
  if (c.col !== 1) {
    gemm(transposed(b), transposed(a), transposed(c), { m: n, n: m, k });
    return;
  }
  const packed = m >= 8 && k >= 8 ? n - (n % panelColumns) : 0;
  if (packed > 0) panelled(a, b, c, { m, n: packed, k });
  if (packed < n) direct(a, at(b, 0, packed), at(c, 0, packed), { m, n: n - packed, k });
};

const direct = (a: Matrix, b: Matrix, c: Matrix, { m, n, k }: Extents): void =>
  kernels().gemm(a.ptr, b.ptr, c.ptr, m, n, k, a.row * 8, a.col * 8, b.row * 8, b.col * 8, c.row * 8);

/** Packs b by blocks that stay in the caches, n a multiple of a panel's columns. */
const panelled = (a: Matrix, b: Matrix, c: Matrix, { m, n, k }: Extents): void => {
  const count = Math.min(n / panelColumns, panelsAtOnce);
  const panelBytes = Math.min(k, depth) * count * panelColumns * 8;
  const rowBytes = a.col === 1 ? 0 : rowsAtOnce * Math.min(k, depth) * 8;
  const scratch = allocate(panelBytes + rowBytes);
  for (let l = 0; l < k; l += depth) {
    for (let j = 0; j < n; j += count * panelColumns) {
      const block = { m, n: Math.min(n - j, count * panelColumns), k: Math.min(k - l, depth) };
      kernels().packPanels(at(b, l, j).ptr, scratch, block.k, block.n / panelColumns, b.row * 8, b.col * 8);
      multiply(at(a, 0, l), { panels: scratch, rows: scratch + panelBytes }, at(c, 0, j), block);
    }
  }
  release(scratch, panelBytes + rowBytes);
};

/** c += a panels, a few rows at a time, which are copied first unless they are contiguous. */
const multiply = (
  a: Matrix,
  scratch: { readonly panels: number; readonly rows: number },
  c: Matrix,
  { m, n, k }: Extents,
): void => {
  const { copy, gemmPanels } = kernels();
  for (let i = 0; i < m; i += rowsAtOnce) {
    const count = Math.min(m - i, rowsAtOnce);
    const from = at(a, i, 0);
    if (a.col !== 1) copy(from.ptr, scratch.rows, 1, k, count, 0, a.col * 8, a.row * 8, 0, 8, k * 8);
    const [rows, step] = a.col === 1 ? [from.ptr, a.row] : [scratch.rows, k];
    gemmPanels(rows, scratch.panels, at(c, i, 0).ptr, count, n / panelColumns, k, step * 8, c.row * 8);
  }
};
