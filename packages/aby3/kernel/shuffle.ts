// Kernels of the shuffle. A permutation of n rows is n words: row i of the result is row p_i of the operand.

/** p = 0, 1, ..., n - 1. */
export function identity(p: usize, n: i32): void {
  for (let i = 0; i < n; i++) store<u64>(p + (<usize>i << 3), i);
}

/**
 * Exchanges (Fisher, Yates; Durstenfeld) for rows `from` down to 1, as far as `count` random 32-bit numbers last: each is cut to
 * the bits that row number i has, and left out if it is above i, so that every permutation is as likely. Returns the next row.
 */
export function exchange(p: usize, from: i32, random: usize, count: i32): i32 {
  let i = from;
  for (const end = random + (<usize>count << 2); random < end && i > 0; random += 4) {
    const r = load<u32>(random) & (0xffffffff >> clz<u32>(i));
    if (r > <u32>i) continue;
    const one = p + (<usize>i << 3);
    const other = p + (<usize>r << 3);
    const word = load<u64>(one);
    store<u64>(one, load<u64>(other));
    store<u64>(other, word);
    i--;
  }
  return i;
}

export function invert(p: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; i++) store<u64>(out + (<usize>load<u64>(p + (<usize>i << 3)) << 3), i);
}

/** Rows of `words` words: row i of out is row p_i of x. */
export function takeRows(x: usize, p: usize, out: usize, n: i32, words: i32): void {
  if (words == 1) {
    for (let i: usize = 0; i < <usize>n << 3; i += 8) store<u64>(out + i, load<u64>(x + (<usize>load<u64>(p + i) << 3)));
    return;
  }
  const bytes = <usize>words << 3;
  for (let i = 0; i < n; i++) {
    memory.copy(out, x + <usize>load<u64>(p + (<usize>i << 3)) * bytes, bytes);
    out += bytes;
  }
}
