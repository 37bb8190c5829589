// Products in GF(2^128) with a factor whose table is at hand.

import { doubled, product } from './field';

/** Products of a factor with every byte at each of the 16 places: `table` has 65536 bytes. */
export function gfTable(factor: usize, table: usize): void {
  let power = v128.load(factor);
  for (let place: usize = 0; place < 16; place++) {
    const products = table + (place << 12);
    v128.store(products, v128.splat<u64>(0));
    for (let bit: usize = 1; bit < 256; bit <<= 1) {
      for (let k: usize = 0; k < bit; k++) {
        v128.store(products + ((bit + k) << 4), v128.xor(v128.load(products + (k << 4)), power));
      }
      power = doubled(power);
    }
  }
}

/** out = b + factor a, block by block. */
export function multiplyAdd(table: usize, a: usize, b: usize, out: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n << 4; i += 16) {
    const p = product(table, load<u64>(a + i), load<u64>(a + i, 8));
    v128.store(out + i, v128.xor(v128.load(b + i), p));
  }
}
