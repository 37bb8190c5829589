// Steps of the OPRF on the items of one cluster; see src/rr22/oprf.ts.

import { product } from './field';

/** out = a + pair's first block: what masks the receiver's OKVS. `pairs` holds 32 bytes an element. */
export function addFirst(a: usize, pairs: usize, out: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n << 4; i += 16) v128.store(out + i, v128.xor(v128.load(a + i), v128.load(pairs + 2 * i)));
}

/** out = the second blocks of pairs. */
export function takeSecond(pairs: usize, out: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n << 4; i += 16) v128.store(out + i, v128.load(pairs + 2 * i, 16));
}

/** a += factor b, with the factor's table. */
export function addProducts(a: usize, table: usize, b: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n << 4; i += 16) {
    v128.store(a + i, v128.xor(v128.load(a + i), product(table, load<u64>(b + i), load<u64>(b + i, 8))));
  }
}

/**
 * A uniform permutation of n numbers (exchanges by Fisher and Yates), from one random word (u64) for each. A word that would make some
 * numbers likelier (Lemire, "Fast Random Integer Generation in an Interval", 2019) ends it: returns whether there was none.
 */
export function shuffle(out: usize, n: i32, random: usize): bool {
  for (let i: u32 = 0; i < <u32>n; i++) {
    const r = load<u64>(random + (<usize>i << 3));
    const m = <u64>i + 1;
    const low = r * m;
    if (low < m && low < (0 - m) % m) return false;
    const j = <u32>((((r & 0xffffffff) * m >> 32) + (r >> 32) * m) >> 32);
    const at = out + (<usize>i << 2);
    const other = out + (<usize>j << 2);
    store<u32>(at, load<u32>(other));
    store<u32>(other, i);
  }
  return true;
}

/** Puts the first `bytes` of n blocks, at least 8, at their slots: row i goes to slot slots[i] (u32) of `out`, which has 16 bytes to spare. */
export function scatterMasks(blocks: usize, n: i32, slots: usize, bytes: i32, out: usize): void {
  const rest = bytes - 8;
  for (let i: usize = 0; i < <usize>n; i++) {
    const to = out + <usize>load<u32>(slots + (i << 2)) * <usize>bytes;
    store<u64>(to, load<u64>(blocks + (i << 4)));
    // The last 8 bytes overlap the first where a mask has fewer than 16.
    store<u64>(to + <usize>rest, load<u64>(blocks + (i << 4) + <usize>rest));
  }
}
