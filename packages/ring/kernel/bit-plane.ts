// Bit planes: n words <-> 64 planes of ceil(n / 64) words; bit i of word w in plane j is bit j of element 64 w + i.

/** Swaps the off-diagonal blocks of a 64x64 bit matrix (Hacker's Delight 7-3), in place. */
function transpose64(x: usize): void {
  let mask: u64 = 0x00000000ffffffff;
  for (let step: u32 = 32; step != 0; step >>= 1, mask ^= mask << step) {
    for (let i: u32 = 0; i < 64; i = ((i | step) + 1) & ~step) {
      const p = x + (<usize>i << 3);
      const q = x + (<usize>(i | step) << 3);
      const low = load<u64>(p);
      const high = load<u64>(q);
      const t = ((low >> step) ^ high) & mask;
      store<u64>(p, low ^ (t << step));
      store<u64>(q, high ^ t);
    }
  }
}

/** `scratch` has room for 64 words. */
export function toBitPlanes(x: usize, planes: usize, n: i32, scratch: usize): void {
  const words = (n + 63) >> 6;
  for (let w = 0; w < words; w++) {
    const count = min(64, n - (w << 6));
    memory.copy(scratch, x + (<usize>w << 9), <usize>count << 3);
    memory.fill(scratch + (<usize>count << 3), 0, <usize>(64 - count) << 3);
    transpose64(scratch);
    for (let j = 0; j < 64; j++) store<u64>(planes + (<usize>(j * words + w) << 3), load<u64>(scratch + (<usize>j << 3)));
  }
}

export function fromBitPlanes(planes: usize, x: usize, n: i32, scratch: usize): void {
  const words = (n + 63) >> 6;
  for (let w = 0; w < words; w++) {
    const count = min(64, n - (w << 6));
    for (let j = 0; j < 64; j++) store<u64>(scratch + (<usize>j << 3), load<u64>(planes + (<usize>(j * words + w) << 3)));
    transpose64(scratch);
    memory.copy(x + (<usize>w << 9), scratch, <usize>count << 3);
  }
}
