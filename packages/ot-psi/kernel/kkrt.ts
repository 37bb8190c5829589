// Steps of the OPRF in bins; see src/kkrt16/run.ts. A row is 64 bytes; the code of an item is four blocks, each in a plane of its own.

const empty: u32 = 0xffffffff;
const rowBytes: usize = 64;

/** Digests of the items in `n` places of a cuckoo table; zero where there is none. */
export function takeItems(digests: usize, table: usize, n: i32, out: usize): void {
  for (let k: usize = 0; k < <usize>n; k++) {
    const place = load<u32>(table + (k << 2));
    v128.store(
      out + (k << 4),
      place == empty ? v128.splat<i32>(0) : v128.load(digests + (<usize>(place >> 2) << 4)),
    );
  }
}

/** Block `plane` of the code of x: AES(x) + x. */
// @ts-ignore: decorator
@inline
function codeBlock(planes: usize, stride: usize, plane: usize, x: v128): v128 {
  return v128.xor(v128.load(planes + plane * stride), x);
}

/** rows += codes of the items in `n` places; nothing where there is none. Planes are `stride` bytes apart. */
export function addCodes(rows: usize, items: usize, planes: usize, stride: i32, table: usize, n: i32): void {
  const step = <usize>stride;
  for (let k: usize = 0; k < <usize>n; k++) {
    const taken = v128.splat<i32>(load<u32>(table + (k << 2)) == empty ? 0 : -1);
    const x = v128.load(items + (k << 4));
    const plane = planes + (k << 4);
    for (let p: usize = 0; p < 4; p++) {
      const at = rows + k * rowBytes + (p << 4);
      v128.store(at, v128.xor(v128.load(at), v128.and(codeBlock(plane, step, p, x), taken)));
    }
  }
}

/** How many items each function placed in a table; adds to u32 counts of the functions. */
export function countPlaces(table: usize, n: i32, counts: usize): void {
  for (let k: usize = 0; k < <usize>n; k++) {
    const place = load<u32>(table + (k << 2));
    const at = counts + (<usize>(place & 3) << 2);
    store<u32>(at, load<u32>(at) + <u32>(place != empty));
  }
}

/** The rows and places, of `n` in a table, that hold an item; returns how many. */
export function takeRows(rows: usize, table: usize, n: i32, outRows: usize, outPlaces: usize): i32 {
  let taken: usize = 0;
  for (let k: usize = 0; k < <usize>n; k++) {
    const place = load<u32>(table + (k << 2));
    if (place == empty) continue;
    memory.copy(outRows + taken * rowBytes, rows + k * rowBytes, rowBytes);
    store<u32>(outPlaces + (taken << 2), place);
    taken++;
  }
  return <i32>taken;
}

/** Puts each of `n` blocks and its item at the end (a u32 of `ends`) of the list of the function that placed the item. */
export function appendMasks(blocks: usize, places: usize, n: i32, ends: usize, masks: usize, items: usize): void {
  for (let k: usize = 0; k < <usize>n; k++) {
    const place = load<u32>(places + (k << 2));
    const end = ends + (<usize>(place & 3) << 2);
    const at = load<u32>(end);
    store<u32>(end, at + 1);
    v128.store(masks + (<usize>at << 4), v128.load(blocks + (k << 4)));
    store<u32>(items + (<usize>at << 2), place >> 2);
  }
}

/** How many of the bins of `n` items are in each group of 2^shift: adds to u32 counts. */
export function countGroups(choices: usize, n: i32, shift: i32, counts: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    for (let h: usize = 0; h < 3; h++) {
      const at = counts + (<usize>(load<u32>(choices + (i << 4) + (h << 2)) >> shift) << 2);
      store<u32>(at, load<u32>(at) + 1);
    }
  }
}

/**
 * Groups `n` items under one function by their bins: digest, bin within the group, and slot (counted from `firstSlot` on), each at the end (a
 * u32 of `ends`) of its group. `choices` points at the function's word of the first item.
 */
export function groupItems(
  digests: usize, choices: usize, n: i32, slots: usize, firstSlot: i32, shift: i32, ends: usize,
  outDigests: usize, outBins: usize, outSlots: usize,
): void {
  const within = (<u32>1 << shift) - 1;
  for (let i: usize = 0; i < <usize>n; i++) {
    const bin = load<u32>(choices + (i << 4));
    const end = ends + (<usize>(bin >> shift) << 2);
    const at = <usize>load<u32>(end);
    store<u32>(end, <u32>at + 1);
    v128.store(outDigests + (at << 4), v128.load(digests + (i << 4)));
    store<u32>(outBins + (at << 2), bin & within);
    store<u32>(outSlots + (at << 2), load<u32>(slots + (i << 2)) + <u32>firstSlot);
  }
}

/** rows += message where the secret's bits, the same 64 bytes for every row, are 1. */
export function openRows(rows: usize, message: usize, secret: usize, n: i32): void {
  const a = v128.load(secret);
  const b = v128.load(secret, 16);
  const c = v128.load(secret, 32);
  const d = v128.load(secret, 48);
  for (let i: usize = 0; i < <usize>n * rowBytes; i += rowBytes) {
    const row = rows + i;
    const m = message + i;
    v128.store(row, v128.xor(v128.load(row), v128.and(v128.load(m), a)));
    v128.store(row, v128.xor(v128.load(row, 16), v128.and(v128.load(m, 16), b)), 16);
    v128.store(row, v128.xor(v128.load(row, 32), v128.and(v128.load(m, 32), c)), 32);
    v128.store(row, v128.xor(v128.load(row, 48), v128.and(v128.load(m, 48), d)), 48);
  }
}

/** out = the rows of `n` items' bins + their codes where the secret's bits are 1. */
export function addSecretCodes(
  rows: usize, bins: usize, items: usize, planes: usize, stride: i32, secret: usize, n: i32, out: usize,
): void {
  const step = <usize>stride;
  const a = v128.load(secret);
  const b = v128.load(secret, 16);
  const c = v128.load(secret, 32);
  const d = v128.load(secret, 48);
  for (let k: usize = 0; k < <usize>n; k++) {
    const row = rows + <usize>load<u32>(bins + (k << 2)) * rowBytes;
    const x = v128.load(items + (k << 4));
    const plane = planes + (k << 4);
    const to = out + k * rowBytes;
    v128.store(to, v128.xor(v128.load(row), v128.and(codeBlock(plane, step, 0, x), a)));
    v128.store(to, v128.xor(v128.load(row, 16), v128.and(codeBlock(plane, step, 1, x), b)), 16);
    v128.store(to, v128.xor(v128.load(row, 32), v128.and(codeBlock(plane, step, 2, x), c)), 32);
    v128.store(to, v128.xor(v128.load(row, 48), v128.and(codeBlock(plane, step, 3, x), d)), 48);
  }
}
