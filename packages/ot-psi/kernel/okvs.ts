// One cluster of the OKVS: see src/okvs/okvs.ts. A key's row is a block r: three distinct positions among `size` columns, and a
// combination of 42 dense blocks, which follow the columns.

const denseBits: usize = 42;
const tableBits: usize = 7;
const tableBytes: usize = 16 << tableBits;

/** Three distinct positions below `size`, in 16 bits each: u64 from 84 bits of the row. */
// @ts-ignore: decorator
@inline
function positions(low: u64, high: u64, size: u64): u64 {
  const w0 = low & 0xfffffff;
  const w1 = (low >> 28) & 0xfffffff;
  const w2 = (low >> 56) | ((high & 0xfffff) << 8);
  const a = (w0 * size) >> 28;
  let b = (w1 * (size - 1)) >> 28;
  b += <u64>(b >= a);
  let c = (w2 * (size - 2)) >> 28;
  c += <u64>(c >= min(a, b));
  c += <u64>(c >= max(a, b));
  return a | (b << 16) | (c << 32);
}

// @ts-ignore: decorator
@inline
function dense(high: u64): u64 {
  return high >> 22;
}

/** The offset of position j (0 to 2) in blocks. */
// @ts-ignore: decorator
@inline
function offset(p: u64, j: u64): usize {
  return <usize>((p >> (j << 4)) & 0xffff) << 4;
}

// @ts-ignore: decorator
@inline
function sparseSum(values: usize, p: u64): v128 {
  return v128.xor(
    v128.load(values + offset(p, 0)),
    v128.xor(v128.load(values + offset(p, 1)), v128.load(values + offset(p, 2))),
  );
}

/** Sums of the dense blocks for each 7 bits of a combination: 6 tables of 128 blocks. */
export function denseTables(blocks: usize, tables: usize): void {
  for (let t: usize = 0; t < denseBits / tableBits; t++) {
    v128.store(tables, v128.splat<u64>(0));
    for (let bit: usize = 0; bit < tableBits; bit++) {
      const block = v128.load(blocks);
      const half = <usize>16 << bit;
      for (let k: usize = 0; k < half; k += 16) v128.store(tables + half + k, v128.xor(v128.load(tables + k), block));
      blocks += 16;
    }
    tables += tableBytes;
  }
}

// @ts-ignore: decorator
@inline
function denseSum(tables: usize, combination: u64): v128 {
  const c = <usize>combination;
  let sum = v128.load(tables + ((c & 127) << 4));
  sum = v128.xor(sum, v128.load(tables + (((<usize>(combination >> 7)) & 127) << 4), 2048));
  sum = v128.xor(sum, v128.load(tables + (((<usize>(combination >> 14)) & 127) << 4), 4096));
  sum = v128.xor(sum, v128.load(tables + (((<usize>(combination >> 21)) & 127) << 4), 6144));
  sum = v128.xor(sum, v128.load(tables + (((<usize>(combination >> 28)) & 127) << 4), 8192));
  return v128.xor(sum, v128.load(tables + (((<usize>(combination >> 35)) & 127) << 4), 10240));
}

/** What `n` rows say of an OKVS: the sums of their columns and dense blocks. */
export function okvsDecode(rows: usize, n: i32, size: i32, values: usize, tables: usize, out: usize): void {
  for (let i: usize = 0; i < <usize>n << 4; i += 16) {
    const high = load<u64>(rows + i, 8);
    const p = positions(load<u64>(rows + i), high, <u64>size);
    v128.store(out + i, v128.xor(sparseSum(values, p), denseSum(tables, dense(high))));
  }
}

// Scratch of the encoder: positions of rows (u64), peeled pairs (u64), the columns' words (u32), a stack of columns (u32), combinations of
// columns (u64), gap rows and their blocks. A column's word counts its rows in the upper 8 bits and holds the sum of their numbers.

const one: u32 = 1 << 24;
const maxGap: i32 = 40;

export function okvsScratchBytes(n: i32, size: i32): i32 {
  return 16 * n + 16 * (size + 8) + 32 * maxGap;
}

// @ts-ignore: decorator
@inline
function columnOf(columns: usize, p: u64, j: u64): usize {
  return columns + (offset(p, j) >> 2);
}

/** Takes row `i` out of its columns, and notes columns that are left with one row; returns the stack's new top. */
// @ts-ignore: decorator
@inline
function removeRow(columns: usize, p: u64, i: u32, top: usize): usize {
  for (let j: u64 = 0; j < 3; j++) {
    const at = columnOf(columns, p, j);
    const word = (load<u32>(at) - one) ^ i;
    store<u32>(at, word);
    if (word >> 24 == 1) {
      store<u32>(top, <u32>((p >> (j << 4)) & 0xffff));
      top += 4;
    }
  }
  return top;
}

/** Solves for the columns of peeled rows, the last peeled first. */
function substitute(
  rows: usize, places: usize, peeled: usize, count: i32, wanted: usize, values: usize, tables: usize,
): void {
  for (let k = count - 1; k >= 0; k--) {
    const pair = load<u64>(peeled + (<usize>k << 3));
    const i = <usize>(pair & 0xffffffff) << 4;
    const column = values + (<usize>(pair >> 32) << 4);
    const sum = sparseSum(values, load<u64>(places + (i >> 1)));
    const rest = v128.xor(sum, denseSum(tables, dense(load<u64>(rows + i, 8))));
    v128.store(column, v128.xor(v128.load(column), v128.xor(rest, v128.load(wanted + i))));
  }
}

/** Which dense blocks each column stands for, beside a constant. */
function combine(rows: usize, places: usize, peeled: usize, count: i32, combinations: usize): void {
  for (let k = count - 1; k >= 0; k--) {
    const pair = load<u64>(peeled + (<usize>k << 3));
    const i = <usize>(pair & 0xffffffff);
    const p = load<u64>(places + (i << 3));
    let sum = dense(load<u64>(rows + (i << 4), 8));
    for (let j: u64 = 0; j < 3; j++) sum ^= load<u64>(combinations + (offset(p, j) >> 1));
    store<u64>(combinations + (<usize>(pair >> 32) << 3), sum);
  }
}

/** Solves `gap` equations, pairs of a combination (u64, padded to 16 bytes) and a block, for the dense blocks; false if they are dependent. */
function eliminate(equations: usize, gap: i32, blocks: usize): bool {
  for (let g = 0; g < gap; g++) {
    const at = equations + (<usize>g << 5);
    const combination = load<u64>(at);
    if (combination == 0) return false;
    const pivot = combination & (0 - combination);
    for (let h = 0; h < gap; h++) {
      const other = equations + (<usize>h << 5);
      if (h == g || !(load<u64>(other) & pivot)) continue;
      store<u64>(other, load<u64>(other) ^ combination);
      v128.store(other, v128.xor(v128.load(other, 16), v128.load(at, 16)), 16);
    }
    store<u64>(at, pivot, 8);
  }
  for (let g = 0; g < gap; g++) {
    const at = equations + (<usize>g << 5);
    const block = blocks + (<usize>ctz<u64>(load<u64>(at, 8)) << 4);
    v128.store(block, v128.xor(v128.load(block), v128.load(at, 16)));
  }
  return true;
}

/**
 * Fills `values` (size + 42 blocks) so that each of the `n` distinct rows decodes to its wanted block. What `values` holds before stays
 * in the columns and dense blocks that the equations leave free. Returns the number of rows that did not peel, or -1 if there is no solution.
 */
export function okvsEncode(
  rows: usize, n: i32, size: i32, wanted: usize, values: usize, tables: usize, scratch: usize,
): i32 {
  const places = scratch;
  const peeled = places + (<usize>n << 3);
  const columns = peeled + (<usize>n << 3);
  const stack = columns + (<usize>(size + 8) << 2);
  const combinations = stack + (<usize>(size + 8) << 2);
  const equations = combinations + (<usize>(size + 8) << 3);
  memory.fill(columns, 0, <usize>size << 2);
  for (let i: u32 = 0; i < <u32>n; i++) {
    const row = rows + (<usize>i << 4);
    const p = positions(load<u64>(row), load<u64>(row, 8), <u64>size);
    store<u64>(places + (<usize>i << 3), p);
    for (let j: u64 = 0; j < 3; j++) {
      const at = columnOf(columns, p, j);
      store<u32>(at, (load<u32>(at) + one) ^ i);
    }
  }

  let count = 0;
  let gap = 0;
  let scan: usize = 0;
  for (let start: usize = 0; count + gap < n; ) {
    let top = stack;
    // All columns at first, then those that lost a row: a column is stacked when one row is left, once.
    if (start == 0) {
      for (let c: u32 = 0; c < <u32>size; c++) {
        if (load<u32>(columns + (<usize>c << 2)) >> 24 == 1) {
          store<u32>(top, c);
          top += 4;
        }
      }
      start = 1;
    } else {
      // Stuck: the next row that is not peeled is set aside.
      if (gap == maxGap) return -1;
      while (load<u64>(places + (scan << 3)) >> 63) scan++;
      const p = load<u64>(places + (scan << 3));
      store<u64>(equations + (<usize>gap << 5), <u64>scan);
      gap++;
      store<u64>(places + (scan << 3), p | (<u64>1 << 63));
      top = removeRow(columns, p, <u32>scan, top);
    }
    while (top > stack) {
      top -= 4;
      const c = load<u32>(top);
      const word = load<u32>(columns + (<usize>c << 2));
      if (word >> 24 != 1) continue;
      const i = word & (one - 1);
      const p = load<u64>(places + (<usize>i << 3));
      store<u64>(places + (<usize>i << 3), p | (<u64>1 << 63));
      store<u64>(peeled + (<usize>count << 3), (<u64>c << 32) | <u64>i);
      count++;
      top = removeRow(columns, p, i, top);
    }
  }

  const blocks = values + (<usize>size << 4);
  denseTables(blocks, tables);
  substitute(rows, places, peeled, count, wanted, values, tables);
  if (gap == 0) return 0;
  memory.fill(combinations, 0, <usize>size << 3);
  combine(rows, places, peeled, count, combinations);
  for (let g = 0; g < gap; g++) {
    const at = equations + (<usize>g << 5);
    const i = <usize>load<u64>(at) << 4;
    const p = load<u64>(places + (i >> 1));
    const high = load<u64>(rows + i, 8);
    let combination = dense(high);
    for (let j: u64 = 0; j < 3; j++) combination ^= load<u64>(combinations + (offset(p, j) >> 1));
    const said = v128.xor(sparseSum(values, p), denseSum(tables, dense(high)));
    store<u64>(at, combination);
    v128.store(at, v128.xor(said, v128.load(wanted + i)), 16);
  }
  if (!eliminate(equations, gap, blocks)) return -1;
  denseTables(blocks, tables);
  substitute(rows, places, peeled, count, wanted, values, tables);
  return gap;
}
