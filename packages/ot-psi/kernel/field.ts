// GF(2^128) = GF(2)[x] / (x^128 + x^7 + x^2 + x + 1): bit i of a block, read as a little-endian number, is the coefficient of x^i.

/** x times the element. */
// @ts-ignore: decorator
@inline
export function doubled(a: v128): v128 {
  const low = v128.extract_lane<u64>(a, 0);
  const high = v128.extract_lane<u64>(a, 1);
  const reduction = (high >> 63) * 0x87;
  return i64x2(<i64>((low << 1) ^ reduction), <i64>((high << 1) | (low >> 63)));
}

/** The factor of a table times an element given as two words. */
// @ts-ignore: decorator
@inline
export function product(table: usize, low: u64, high: u64): v128 {
  let even = v128.splat<u64>(0);
  let odd = v128.splat<u64>(0);
  for (let i: usize = 0; i < 64; i += 16) {
    const l = <usize>(low >> <u64>i);
    const h = <usize>(high >> <u64>i);
    // Place p of the table is at p << 12, and i is eight times a place.
    const at = table + (i << 9);
    even = v128.xor(even, v128.load(at + ((l & 255) << 4)));
    odd = v128.xor(odd, v128.load(at + (((l >> 8) & 255) << 4), 4096));
    even = v128.xor(even, v128.load(at + ((h & 255) << 4), 32768));
    odd = v128.xor(odd, v128.load(at + (((h >> 8) & 255) << 4), 36864));
  }
  return v128.xor(even, odd);
}
