// Which of the peer's masks are among one's own. Masks are pseudorandom, so their first words serve as hashes.

const empty: u32 = 0xffffffff;

/** Enters `n` blocks, all different, into a table of 2^bits u32, each at the place its first word names or the next free one. */
export function enterMasks(blocks: usize, n: i32, table: usize, bits: i32): void {
  memory.fill(table, 255, <usize>4 << bits);
  const last = (<usize>1 << bits) - 1;
  for (let i: u32 = 0; i < <u32>n; i++) {
    let at = <usize>load<u32>(blocks + (<usize>i << 4)) & last;
    while (load<u32>(table + (at << 2)) != empty) at = (at + 1) & last;
    store<u32>(table + (at << 2), i);
  }
}

/** The pairs (own block, peer's mask), numbers of u32 from `firstSlot` on, that agree in the masks' bytes (8 to 16); returns how many. */
export function findMasks(
  blocks: usize, table: usize, bits: i32, masks: usize, n: i32, bytes: i32, firstSlot: i32, pairs: usize,
): i32 {
  const last = (<usize>1 << bits) - 1;
  const rest = <usize>(bytes - 8);
  let found: i32 = 0;
  for (let s = 0; s < n; s++) {
    const mask = masks + <usize>s * <usize>bytes;
    const first = load<u64>(mask);
    for (let at = <usize>first & last; ; at = (at + 1) & last) {
      const i = load<u32>(table + (at << 2));
      if (i == empty) break;
      const own = blocks + (<usize>i << 4);
      if (load<u64>(own) != first || load<u64>(own + rest) != load<u64>(mask + rest)) continue;
      store<u32>(pairs + (<usize>found << 3), i);
      store<u32>(pairs + (<usize>found << 3), <u32>(firstSlot + s), 4);
      found++;
      break;
    }
  }
  return found;
}
