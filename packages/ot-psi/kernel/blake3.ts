// BLAKE3 (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020; section 2) of four inputs at once, one in each 32-bit lane.

const chunkStart: u32 = 1;
const chunkEnd: u32 = 2;
const root: u32 = 8;
const keyed: u32 = 16;
const blockBytes: u32 = 64;

// Scratch: the message, the message permuted, the chaining values.
const words: usize = 256;
const chain: usize = 512;

// @ts-ignore: decorator
@inline
function rotate16(x: v128): v128 {
  return v128.shuffle<u8>(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

// @ts-ignore: decorator
@inline
function rotate12(x: v128): v128 {
  return v128.or(v128.shr<u32>(x, 12), v128.shl<u32>(x, 20));
}

// @ts-ignore: decorator
@inline
function rotate8(x: v128): v128 {
  return v128.shuffle<u8>(x, x, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12);
}

// @ts-ignore: decorator
@inline
function rotate7(x: v128): v128 {
  return v128.or(v128.shr<u32>(x, 7), v128.shl<u32>(x, 25));
}

/** Lanes of four registers at `at`, `step` apart, exchanged with words of the four inputs: a 4 x 4 transposition. */
// @ts-ignore: decorator
@inline
function storeTransposed(at: usize, step: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const ef = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const gh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(at, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(at + step, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(at + 2 * step, v128.shuffle<i64>(ef, gh, 0, 2));
  v128.store(at + 3 * step, v128.shuffle<i64>(ef, gh, 1, 3));
}

/** The permutation of message words between rounds. */
function permute(from: usize, to: usize): void {
  v128.store(to, v128.load(from, 32), 0);
  v128.store(to, v128.load(from, 96), 16);
  v128.store(to, v128.load(from, 48), 32);
  v128.store(to, v128.load(from, 160), 48);
  v128.store(to, v128.load(from, 112), 64);
  v128.store(to, v128.load(from, 0), 80);
  v128.store(to, v128.load(from, 64), 96);
  v128.store(to, v128.load(from, 208), 112);
  v128.store(to, v128.load(from, 16), 128);
  v128.store(to, v128.load(from, 176), 144);
  v128.store(to, v128.load(from, 192), 160);
  v128.store(to, v128.load(from, 80), 176);
  v128.store(to, v128.load(from, 144), 192);
  v128.store(to, v128.load(from, 224), 208);
  v128.store(to, v128.load(from, 240), 224);
  v128.store(to, v128.load(from, 128), 240);
}

/** One block of each lane: the chaining values of lanes in `active` are replaced. */
function compress(s: usize, length: v128, flags: v128, active: v128): void {
  let v0 = v128.load(s + chain, 0);
  let v1 = v128.load(s + chain, 16);
  let v2 = v128.load(s + chain, 32);
  let v3 = v128.load(s + chain, 48);
  let v4 = v128.load(s + chain, 64);
  let v5 = v128.load(s + chain, 80);
  let v6 = v128.load(s + chain, 96);
  let v7 = v128.load(s + chain, 112);
  let v8 = v128.splat<u32>(0x6a09e667);
  let v9 = v128.splat<u32>(0xbb67ae85);
  let v10 = v128.splat<u32>(0x3c6ef372);
  let v11 = v128.splat<u32>(0xa54ff53a);
  let v12 = v128.splat<u32>(0);
  let v13 = v128.splat<u32>(0);
  let v14 = length;
  let v15 = flags;
  let m = s;
  for (let round = 0; ; ) {
    v0 = v128.add<i32>(v128.add<i32>(v0, v4), v128.load(m, 0));
    v12 = rotate16(v128.xor(v12, v0));
    v8 = v128.add<i32>(v8, v12);
    v4 = rotate12(v128.xor(v4, v8));
    v0 = v128.add<i32>(v128.add<i32>(v0, v4), v128.load(m, 16));
    v12 = rotate8(v128.xor(v12, v0));
    v8 = v128.add<i32>(v8, v12);
    v4 = rotate7(v128.xor(v4, v8));
    v1 = v128.add<i32>(v128.add<i32>(v1, v5), v128.load(m, 32));
    v13 = rotate16(v128.xor(v13, v1));
    v9 = v128.add<i32>(v9, v13);
    v5 = rotate12(v128.xor(v5, v9));
    v1 = v128.add<i32>(v128.add<i32>(v1, v5), v128.load(m, 48));
    v13 = rotate8(v128.xor(v13, v1));
    v9 = v128.add<i32>(v9, v13);
    v5 = rotate7(v128.xor(v5, v9));
    v2 = v128.add<i32>(v128.add<i32>(v2, v6), v128.load(m, 64));
    v14 = rotate16(v128.xor(v14, v2));
    v10 = v128.add<i32>(v10, v14);
    v6 = rotate12(v128.xor(v6, v10));
    v2 = v128.add<i32>(v128.add<i32>(v2, v6), v128.load(m, 80));
    v14 = rotate8(v128.xor(v14, v2));
    v10 = v128.add<i32>(v10, v14);
    v6 = rotate7(v128.xor(v6, v10));
    v3 = v128.add<i32>(v128.add<i32>(v3, v7), v128.load(m, 96));
    v15 = rotate16(v128.xor(v15, v3));
    v11 = v128.add<i32>(v11, v15);
    v7 = rotate12(v128.xor(v7, v11));
    v3 = v128.add<i32>(v128.add<i32>(v3, v7), v128.load(m, 112));
    v15 = rotate8(v128.xor(v15, v3));
    v11 = v128.add<i32>(v11, v15);
    v7 = rotate7(v128.xor(v7, v11));
    v0 = v128.add<i32>(v128.add<i32>(v0, v5), v128.load(m, 128));
    v15 = rotate16(v128.xor(v15, v0));
    v10 = v128.add<i32>(v10, v15);
    v5 = rotate12(v128.xor(v5, v10));
    v0 = v128.add<i32>(v128.add<i32>(v0, v5), v128.load(m, 144));
    v15 = rotate8(v128.xor(v15, v0));
    v10 = v128.add<i32>(v10, v15);
    v5 = rotate7(v128.xor(v5, v10));
    v1 = v128.add<i32>(v128.add<i32>(v1, v6), v128.load(m, 160));
    v12 = rotate16(v128.xor(v12, v1));
    v11 = v128.add<i32>(v11, v12);
    v6 = rotate12(v128.xor(v6, v11));
    v1 = v128.add<i32>(v128.add<i32>(v1, v6), v128.load(m, 176));
    v12 = rotate8(v128.xor(v12, v1));
    v11 = v128.add<i32>(v11, v12);
    v6 = rotate7(v128.xor(v6, v11));
    v2 = v128.add<i32>(v128.add<i32>(v2, v7), v128.load(m, 192));
    v13 = rotate16(v128.xor(v13, v2));
    v8 = v128.add<i32>(v8, v13);
    v7 = rotate12(v128.xor(v7, v8));
    v2 = v128.add<i32>(v128.add<i32>(v2, v7), v128.load(m, 208));
    v13 = rotate8(v128.xor(v13, v2));
    v8 = v128.add<i32>(v8, v13);
    v7 = rotate7(v128.xor(v7, v8));
    v3 = v128.add<i32>(v128.add<i32>(v3, v4), v128.load(m, 224));
    v14 = rotate16(v128.xor(v14, v3));
    v9 = v128.add<i32>(v9, v14);
    v4 = rotate12(v128.xor(v4, v9));
    v3 = v128.add<i32>(v128.add<i32>(v3, v4), v128.load(m, 240));
    v14 = rotate8(v128.xor(v14, v3));
    v9 = v128.add<i32>(v9, v14);
    v4 = rotate7(v128.xor(v4, v9));
    if (++round == 7) break;
    const next = s + words - (m - s);
    permute(m, next);
    m = next;
  }
  v128.store(s + chain, v128.bitselect(v128.xor(v0, v8), v128.load(s + chain, 0), active), 0);
  v128.store(s + chain, v128.bitselect(v128.xor(v1, v9), v128.load(s + chain, 16), active), 16);
  v128.store(s + chain, v128.bitselect(v128.xor(v2, v10), v128.load(s + chain, 32), active), 32);
  v128.store(s + chain, v128.bitselect(v128.xor(v3, v11), v128.load(s + chain, 48), active), 48);
  v128.store(s + chain, v128.bitselect(v128.xor(v4, v12), v128.load(s + chain, 64), active), 64);
  v128.store(s + chain, v128.bitselect(v128.xor(v5, v13), v128.load(s + chain, 80), active), 80);
  v128.store(s + chain, v128.bitselect(v128.xor(v6, v14), v128.load(s + chain, 96), active), 96);
  v128.store(s + chain, v128.bitselect(v128.xor(v7, v15), v128.load(s + chain, 112), active), 112);
}

/** The 32-byte key as the chaining value of all lanes. */
function start(s: usize, key: usize): void {
  for (let i: usize = 0; i < 8; i++) v128.store(s + chain + (i << 4), v128.load32_splat(key + (i << 2)));
}

/** The first 16 bytes of each lane's chaining value. */
function finish(s: usize, out: usize): void {
  const h = s + chain;
  storeTransposed(out, 16, v128.load(h), v128.load(h, 16), v128.load(h, 32), v128.load(h, 48));
}

/** 16 bytes of an input from `at`, of which `left` (any number) belong to it; zeros for the others. */
// @ts-ignore: decorator
@inline
function loadPart(at: usize, left: i32): v128 {
  const some = left < 0 ? 0 : left > 16 ? 16 : left;
  const iota = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return v128.and(v128.load(at), v128.lt<i8>(iota, v128.splat<i8>(<i8>some)));
}

/** Bytes of a block of `left` bytes or more. */
// @ts-ignore: decorator
@inline
function blockLength(left: i32): i32 {
  return left < 0 ? 0 : left > <i32>blockBytes ? <i32>blockBytes : left;
}

/**
 * 16-byte keyed hashes of `n` inputs of at most 1024 bytes: input i is bytes offsets[i] to offsets[i + 1] (u32) of `data`, behind
 * which 80 bytes can be read. `out` has room for a multiple of four hashes; scratch: 640 bytes.
 */
export function blake3Keyed(data: usize, offsets: usize, n: i32, key: usize, out: usize, scratch: usize): void {
  for (let i = 0; i < n; i += 4) {
    const last = n - 1;
    const a = offsets + (<usize>i << 2);
    const b = offsets + (<usize>min(i + 1, last) << 2);
    const c = offsets + (<usize>min(i + 2, last) << 2);
    const d = offsets + (<usize>min(i + 3, last) << 2);
    const la = load<i32>(a, 4) - load<i32>(a);
    const lb = load<i32>(b, 4) - load<i32>(b);
    const lc = load<i32>(c, 4) - load<i32>(c);
    const ld = load<i32>(d, 4) - load<i32>(d);
    const longest = max(max(la, lb), max(lc, ld));
    const pa = data + load<u32>(a);
    const pb = data + load<u32>(b);
    const pc = data + load<u32>(c);
    const pd = data + load<u32>(d);
    start(scratch, key);
    for (let at = 0; at == 0 || at < longest; at += <i32>blockBytes) {
      // A part that lies behind its input is masked, and read where something is.
      for (let g = 0; g < 64; g += 16) {
        const k = at + g;
        storeTransposed(
          scratch + (<usize>g << 2), 16,
          loadPart(pa + <usize>min(k, la), la - k), loadPart(pb + <usize>min(k, lb), lb - k),
          loadPart(pc + <usize>min(k, lc), lc - k), loadPart(pd + <usize>min(k, ld), ld - k),
        );
      }
      const left = v128.sub<i32>(i32x4(la, lb, lc, ld), v128.splat<i32>(at));
      const length = i32x4(blockLength(la - at), blockLength(lb - at), blockLength(lc - at), blockLength(ld - at));
      const first: u32 = at == 0 ? chunkStart : 0;
      const ends = v128.le<i32>(left, v128.splat<i32>(<i32>blockBytes));
      const flags = v128.or(v128.splat<u32>(keyed | first), v128.and(ends, v128.splat<u32>(chunkEnd | root)));
      const active = at == 0 ? v128.splat<i32>(-1) : v128.gt<i32>(left, v128.splat<i32>(0));
      compress(scratch, length, flags, active);
    }
    finish(scratch, out + (<usize>i << 4));
  }
}

/** 16-byte keyed hashes of `n` rows of 64 bytes, `n` a multiple of four. `out` may overlap `rows` from its start; scratch: 640 bytes. */
export function blake3Rows(rows: usize, n: i32, key: usize, out: usize, scratch: usize): void {
  const all = v128.splat<i32>(-1);
  for (let i = 0; i < n; i += 4) {
    start(scratch, key);
    for (let g: usize = 0; g < 64; g += 16) {
      const at = rows + g;
      storeTransposed(scratch + (g << 2), 16, v128.load(at), v128.load(at, 64), v128.load(at, 128), v128.load(at, 192));
    }
    compress(scratch, v128.splat<u32>(blockBytes), v128.splat<u32>(keyed | chunkStart | chunkEnd | root), all);
    finish(scratch, out);
    rows += 256;
    out += 64;
  }
}
