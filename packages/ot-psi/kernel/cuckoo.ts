// Cuckoo hashing of items into bins by three functions; see src/kkrt16/cuckoo.ts. A place in the table is a u32: the item times four plus
// the function that put it there.

const empty: u32 = 0xffffffff;

/** A number below `count` by a uniform 32-bit one. */
// @ts-ignore: decorator
@inline
function scaled(uniform: u32, count: u32): u32 {
  return <u32>((<u64>uniform * <u64>count) >> 32);
}

/** The first three words of each of `n` uniform blocks become the item's bins: three different numbers below `bins`. */
export function chooseBins(blocks: usize, n: i32, bins: i32): void {
  for (let at = blocks, end = blocks + (<usize>n << 4); at < end; at += 16) {
    const a = scaled(load<u32>(at), <u32>bins);
    // Numbers that leave out the bins before them.
    let b = scaled(load<u32>(at, 4), <u32>bins - 1);
    b += <u32>(b >= a);
    let c = scaled(load<u32>(at, 8), <u32>bins - 2);
    c += <u32>(c >= min(a, b));
    c += <u32>(c >= max(a, b));
    store<u32>(at, a);
    store<u32>(at, b, 4);
    store<u32>(at, c, 8);
  }
}

// @ts-ignore: decorator
@inline
function isFree(table: usize, bin: u32): bool {
  return load<u32>(table + (<usize>bin << 2)) == empty;
}

/**
 * Places `n` items, whose bins are the first three words of 16 bytes each, in a table of `bins` places. An item takes a free bin of its three;
 * if there is none it takes the next one after that it was evicted from, whose item moves on likewise: this comes to a free bin if any
 * can be reached. Returns how many were placed before one was not.
 */
export function placeItems(choices: usize, n: i32, table: usize, bins: i32): i32 {
  memory.fill(table, 255, <usize>bins << 2);
  for (let i = 0; i < n; i++) {
    let place = <u32>i << 2;
    let steps = 3 * bins;
    for (; steps > 0; steps--) {
      const own = choices + (<usize>(place >> 2) << 4);
      const free = freeFunction(own, table);
      if (free < 3) place = (place & ~3) + free;
      const at = table + (<usize>load<u32>(own + (<usize>(place & 3) << 2)) << 2);
      const evicted = load<u32>(at);
      store<u32>(at, place);
      if (free < 3) break;
      place = (evicted & 3) == 2 ? evicted - 2 : evicted + 1;
    }
    if (steps == 0) return i;
  }
  return n;
}

/** The first function whose bin is free; 3 if none is. */
// @ts-ignore: decorator
@inline
function freeFunction(own: usize, table: usize): u32 {
  const a = isFree(table, load<u32>(own));
  const b = isFree(table, load<u32>(own, 4));
  const c = isFree(table, load<u32>(own, 8));
  return a ? 0 : b ? 1 : c ? 2 : 3;
}
