// Permutation networks; see src/permutation/network.ts. A level splits every block of lanes into an upper half, rounded down, and a lower
// one; lane k of a block and lane k of its lower half meet in a switch before the halves, and again after them.
//
// Block b of a level has (n + r) >> level lanes, r being b's bits reversed: each halving rounds up or down by one bit of b.

/** The number whose reversed bits are one more; 0 after the last. */
// @ts-ignore: decorator
@inline
function nextReversed(r: u32, bits: i32): u32 {
  let bit: u32 = 1 << (bits - 1);
  while (r & bit) {
    r ^= bit;
    bit >>= 1;
  }
  return r | bit;
}

/**
 * Controls of a level's two layers, a byte each, and the permutations that are left to its halves. `from` holds the blocks' permutations: output o of
 * a block is its input from[o], numbers of u32 counted within the block. `to` and `halves` have n numbers each.
 */
export function routeLevel(from: usize, to: usize, halves: usize, n: i32, level: i32, before: usize, after: usize): void {
  for (let b: u32 = 0, r: u32 = 0; b < <u32>1 << level; b++, r = nextReversed(r, level)) {
    const size = (<u32>n + r) >> level;
    routeBlock(from, to, halves, size, before, after);
    before += size >> 1;
    after += (size - 1) >> 1;
    from += size << 2;
    to += size << 2;
    halves += size << 2;
  }
}

function routeBlock(from: usize, to: usize, halves: usize, size: u32, before: usize, after: usize): void {
  const unset: u8 = 2;
  const afterCount = (size - 1) >> 1;
  for (let o: u32 = 0; o < size; o++) store<u32>(to + (<usize>load<u32>(from + (o << 2)) << 2), o);
  memory.fill(after, unset, afterCount);
  // The last output has no switch to choose with: it comes from the lower half.
  follow(from, to, halves, size, before, after, size - 1);
  for (let k: u32 = 0; k < afterCount; k++) {
    if (load<u8>(after + k) == unset) follow(from, to, halves, size, before, after, (size >> 1) + k);
  }
}

/** Takes output `start` from the lower half, and follows what that decides until it closes. */
function follow(from: usize, to: usize, halves: usize, size: u32, before: usize, after: usize, start: u32): void {
  const half = size >> 1;
  const afterCount = (size - 1) >> 1;
  const lower = halves + (half << 2);
  let o = start;
  do {
    // Output o is the lower half's.
    const i = load<u32>(from + (o << 2));
    const inLane = i < half ? i : i - half;
    store<u32>(lower + ((o < half ? o : o - half) << 2), inLane);
    if (inLane == half) return; // An odd block's last input, which goes to the lower half without a switch.
    store<u8>(before + inLane, i < half ? 1 : 0);
    // The switch's other input, and the output that wants it, are the upper half's.
    const other = load<u32>(to + ((i < half ? i + half : i - half) << 2));
    const outLane = other < half ? other : other - half;
    store<u32>(halves + (outLane << 2), inLane);
    if (outLane < afterCount) store<u8>(after + outLane, other < half ? 0 : 1);
    o = other < half ? other + half : other - half;
  } while (o != start);
}

/**
 * The OT sender's side of a layer: its switches' output masks in place of the input masks, and what corrects the receiver's keys (a word each).
 * `zeros` and `ones` hold 16 bytes a switch, of which 8 are used. `last` is 1 for a layer after the halves. Returns the number of switches.
 */
export function maskLayer(masks: usize, n: i32, level: i32, last: i32, zeros: usize, ones: usize, corrections: usize): i32 {
  let done: usize = 0;
  for (let b: u32 = 0, r: u32 = 0; b < <u32>1 << level; b++, r = nextReversed(r, level)) {
    const size = (<u32>n + r) >> level;
    const half = <usize>(size >> 1) << 3;
    const end = done + ((size - last) >> 1);
    for (let lane = masks; done < end; done++, lane += 8) {
      const a = load<u64>(lane);
      const c = load<u64>(lane + half);
      const key = load<u64>(zeros + (done << 4));
      store<u64>(corrections + (done << 3), key ^ load<u64>(ones + (done << 4)) ^ a ^ c);
      store<u64>(lane, a ^ key);
      store<u64>(lane + half, c ^ key);
    }
    masks += <usize>size << 3;
  }
  return <i32>done;
}

/** The OT receiver's side of a layer: exchanges masked words where the choice (a byte, 0 or 1) says so, by arithmetic. Returns the number of switches. */
export function switchLayer(words: usize, n: i32, level: i32, last: i32, keys: usize, choices: usize, corrections: usize): i32 {
  let done: usize = 0;
  for (let b: u32 = 0, r: u32 = 0; b < <u32>1 << level; b++, r = nextReversed(r, level)) {
    const size = (<u32>n + r) >> level;
    const half = <usize>(size >> 1) << 3;
    const end = done + ((size - last) >> 1);
    for (let lane = words; done < end; done++, lane += 8) {
      const x = load<u64>(lane);
      const y = load<u64>(lane + half);
      const chosen: u64 = 0 - <u64>load<u8>(choices + done);
      const difference = load<u64>(keys + (done << 4)) ^ (chosen & (load<u64>(corrections + (done << 3)) ^ x ^ y));
      store<u64>(lane, x ^ difference);
      store<u64>(lane + half, y ^ difference);
    }
    words += <usize>size << 3;
  }
  return <i32>done;
}
