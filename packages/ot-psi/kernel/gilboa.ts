// Products with a secret element of GF(2^128) by OT of its bits; see src/vole/noisy.ts.

import { doubled } from './field';

/**
 * The receiver's message for bit j: out = zero + one + x^j values, and shares += zero. `values` is multiplied by x afterwards, ready for bit
 * j + 1.
 */
export function gilboaMask(zero: usize, one: usize, values: usize, shares: usize, out: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n << 4; i += 16) {
    const z = v128.load(zero + i);
    const value = v128.load(values + i);
    v128.store(out + i, v128.xor(z, v128.xor(v128.load(one + i), value)));
    v128.store(shares + i, v128.xor(v128.load(shares + i), z));
    v128.store(values + i, doubled(value));
  }
}

/** The sender's part of bit j: shares += chosen + bit * message, by arithmetic. */
export function gilboaOpen(chosen: usize, message: usize, bit: i32, shares: usize, n: i32): void {
  const mask = v128.splat<i32>(0 - bit);
  for (let i: usize = 0; i < <usize>n << 4; i += 16) {
    const part = v128.xor(v128.load(chosen + i), v128.and(v128.load(message + i), mask));
    v128.store(shares + i, v128.xor(v128.load(shares + i), part));
  }
}
