// Sums over GF(2^128) for the consistency check of the OT extension; see src/ot/check.ts. Weights are public, what they weigh is secret.

import { doubled } from './field';

/** out = the sum of x_i y_i over `n` blocks, in constant time. */
export function gfDot(x: usize, y: usize, n: i32, out: usize): void {
  let sum = v128.splat<u64>(0);
  for (let i: usize = 0; i < <usize>n << 4; i += 16) {
    let power = v128.load(x + i);
    for (let half: usize = 0; half < 16; half += 8) {
      let bits = load<u64>(y + i + half);
      for (let k = 0; k < 64; k++) {
        sum = v128.xor(sum, v128.and(power, v128.splat<i64>(0 - <i64>(bits & 1))));
        power = doubled(power);
        bits >>= 1;
      }
    }
  }
  v128.store(out, sum);
}

/** Sixteen bytes at `out` and `x`, added. */
// @ts-ignore: decorator
@inline
function add(out: usize, x: v128): void {
  v128.store(out, v128.xor(v128.load(out), x));
}

/**
 * The same sum for 128 columns y side by side: row 128 i + k has the bits k of all columns' y_i, and row k of `sums` becomes the bits k of all
 * sums. `sums` has room for 255 rows. Follows the bits of x, not those of y.
 */
export function dotColumns(x: usize, rows: usize, n: i32, sums: usize): void {
  memory.fill(sums, 0, 255 << 4);
  for (let i: usize = 0; i < <usize>n; i++) {
    const block = rows + (i << 11);
    for (let b: usize = 0; b < 128; b++) {
      if (((load<u8>(x + (i << 4) + (b >> 3)) >> <u8>(b & 7)) & 1) == 0) continue;
      const shifted = sums + (b << 4);
      for (let k: usize = 0; k < 2048; k += 16) add(shifted + k, v128.load(block + k));
    }
  }
  // x^128 = x^7 + x^2 + x + 1.
  for (let k: usize = 254; k >= 128; k--) {
    const high = v128.load(sums + (k << 4));
    const low = sums + ((k - 128) << 4);
    add(low, high);
    add(low + 16, high);
    add(low + 32, high);
    add(low + 112, high);
  }
}
