// Sorting of 16-byte digests, read as big-endian numbers, with the 32-bit rows they came from. Digests are uniform, so two passes of
// counting by their leading bits leave runs of a few, which are sorted by insertion. Equal digests keep the order of their rows.

// @ts-ignore: decorator
@inline
function leading(digest: usize): u32 {
  return bswap<u32>(load<u32>(digest));
}

// @ts-ignore: decorator
@inline
function high(digest: usize): u64 {
  return bswap<u64>(load<u64>(digest));
}

// @ts-ignore: decorator
@inline
function low(digest: usize): u64 {
  return bswap<u64>(load<u64>(digest, 8));
}

/** Moves `n` digests and rows into groups by `bits` bits of the digests below the first `skipped`; counts: 2^bits + 1 u32. */
function distribute(
  digests: usize, rows: usize, n: i32, toDigests: usize, toRows: usize, counts: usize, skipped: i32, bits: i32,
): void {
  memory.fill(counts, 0, ((<usize>1 << bits) + 1) << 2);
  const shift = 32 - bits;
  for (let i: usize = 0; i < <usize>n; i++) {
    const at = counts + (<usize>((leading(digests + (i << 4)) << skipped) >> shift) << 2);
    store<u32>(at, load<u32>(at, 4) + 1, 4);
  }
  for (let b: usize = 1; b < <usize>1 << bits; b++) {
    const at = counts + (b << 2);
    store<u32>(at, load<u32>(at) + load<u32>(at - 4));
  }
  for (let i: usize = 0; i < <usize>n; i++) {
    const from = digests + (i << 4);
    const at = counts + (<usize>((leading(from) << skipped) >> shift) << 2);
    const to = <usize>load<u32>(at);
    store<u32>(at, <u32>to + 1);
    v128.store(toDigests + (to << 4), v128.load(from));
    store<u32>(toRows + (to << 2), load<u32>(rows + (i << 2)));
  }
}

function insertionSort(digests: usize, rows: usize, n: i32): void {
  for (let i = 1; i < n; i++) {
    const at = digests + (<usize>i << 4);
    const h = high(at);
    let j = i - 1;
    if (high(digests + (<usize>j << 4)) < h) continue;
    const l = low(at);
    const digest = v128.load(at);
    const row = load<u32>(rows + (<usize>i << 2));
    for (; j >= 0; j--) {
      const before = digests + (<usize>j << 4);
      const hb = high(before);
      if (hb < h || (hb == h && low(before) <= l)) break;
      v128.store(before, v128.load(before), 16);
      store<u32>(rows + (<usize>j << 2), load<u32>(rows + (<usize>j << 2)), 4);
    }
    v128.store(digests + (<usize>j << 4), digest, 16);
    store<u32>(rows + (<usize>j << 2), row, 4);
  }
}

/** ceil(log2 n), at most `most`. */
function bitsFor(n: i32, most: i32): i32 {
  const bits = n < 2 ? 0 : 32 - clz<i32>(n - 1);
  return min(bits, most);
}

// @ts-ignore: decorator
@inline
const firstBits: i32 = 12;

/**
 * Sorts `n` digests and their rows in place. The temporary arrays are as large; counts: 2 * (4096 + 1) u32. The second pass reads at most
 * 12 bits more.
 */
export function sortDigests(digests: usize, rows: usize, n: i32, tmpDigests: usize, tmpRows: usize, counts: usize): void {
  const bits = max(1, min(bitsFor(n, 24) >> 1, firstBits));
  distribute(digests, rows, n, tmpDigests, tmpRows, counts, 0, bits);
  const second = counts + (((<usize>1 << firstBits) + 1) << 2);
  let from: u32 = 0;
  for (let b: usize = 0; b < <usize>1 << bits; b++) {
    const to = load<u32>(counts + (b << 2));
    const size = <i32>(to - from);
    const d = <usize>from << 4;
    const r = <usize>from << 2;
    distribute(
      tmpDigests + d, tmpRows + r, size, digests + d, rows + r, second, bits, max(1, bitsFor(size, firstBits)),
    );
    insertionSort(digests + d, rows + r, size);
    from = to;
  }
}

/**
 * Drops digests that repeat the one before, in place; returns how many are left. The first row of equals stays; the others go to
 * `repeated`, with that first row, as pairs of u32.
 */
export function dropRepeated(digests: usize, rows: usize, n: i32, repeated: usize): i32 {
  if (n == 0) return 0;
  let kept: usize = 1;
  for (let i: usize = 1; i < <usize>n; i++) {
    const at = digests + (i << 4);
    const last = digests + ((kept - 1) << 4);
    if (load<u64>(at) == load<u64>(last) && load<u64>(at, 8) == load<u64>(last, 8)) {
      store<u32>(repeated, load<u32>(rows + (i << 2)));
      store<u32>(repeated, load<u32>(rows + ((kept - 1) << 2)), 4);
      repeated += 8;
      continue;
    }
    v128.store(last, v128.load(at), 16);
    store<u32>(rows + (kept << 2), load<u32>(rows + (i << 2)));
    kept++;
  }
  return <i32>kept;
}
