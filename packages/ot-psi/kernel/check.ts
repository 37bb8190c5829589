// Sums over GF(2^128) for the consistency check of the OT extension, in constant time; see src/ot/check.ts.

import { doubled } from './field';

/** out = the sum of x_i y_i over `n` blocks. */
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

/** out = the sum of those of `n` blocks whose bit is 1. */
export function sumChosen(blocks: usize, bits: usize, n: i32, out: usize): void {
  let sum = v128.splat<u64>(0);
  for (let i: usize = 0; i < <usize>n; i++) {
    const bit = (<u32>load<u8>(bits + (i >> 3)) >> (<u32>i & 7)) & 1;
    sum = v128.xor(sum, v128.and(v128.load(blocks + (i << 4)), v128.splat<i32>(0 - <i32>bit)));
  }
  v128.store(out, sum);
}
