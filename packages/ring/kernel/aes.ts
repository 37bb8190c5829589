// Counter blocks of AES-128-CTR.

/** `n` blocks of little-endian u32 a, b, c, counter from `start`. */
export function counterBlocks(out: usize, n: i32, a: u32, b: u32, c: u32, start: u32): void {
  let block = i32x4(a, b, c, start);
  const one = i32x4(0, 0, 0, 1);
  for (const end = out + (<usize>n << 4); out < end; out += 16) {
    v128.store(out, block);
    block = v128.add<i32>(block, one);
  }
}
