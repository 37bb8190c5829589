// Transposition of bit matrices by bytes: eight columns' bytes make eight rows' bytes.

/** The 8 x 8 bits of each lane's bytes, in both halves, exchanged with their transposition. */
// @ts-ignore: decorator
@inline
function transpose8(x: v128): v128 {
  const a = v128.and(v128.xor(x, v128.shr<u64>(x, 7)), v128.splat<u64>(0x00aa00aa00aa00aa));
  x = v128.xor(x, v128.xor(a, v128.shl<u64>(a, 7)));
  const b = v128.and(v128.xor(x, v128.shr<u64>(x, 14)), v128.splat<u64>(0x0000cccc0000cccc));
  x = v128.xor(x, v128.xor(b, v128.shl<u64>(b, 14)));
  const c = v128.and(v128.xor(x, v128.shr<u64>(x, 28)), v128.splat<u64>(0x00000000f0f0f0f0));
  return v128.xor(x, v128.xor(c, v128.shl<u64>(c, 28)));
}

/**
 * Columns to rows: `columns` (a multiple of 16) columns of `rows` bits (a multiple of 128), one after the other, become rows of
 * columns / 8 bytes. Bit i of a column is bit i % 8 of its byte i / 8.
 */
export function transposeBits(x: usize, out: usize, columns: i32, rows: i32): void {
  const columnBytes = <usize>rows >> 3;
  const rowBytes = <usize>columns >> 3;
  // 16 columns by 128 rows at a time: 16 bytes of each column.
  for (let r: usize = 0; r < columnBytes; r += 16) {
    for (let c: usize = 0; c < <usize>columns; c += 16) {
      transposeTile(x + c * columnBytes + r, columnBytes, out + (r << 3) * rowBytes + (c >> 3), rowBytes);
    }
  }
}

/** Bytes of 16 vectors, exchanged with their transposition, in halves: vectors 0 to 7 give the rows' low bytes, 8 to 15 the high ones. */
function transposeTile(x: usize, stride: usize, out: usize, rowBytes: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    const at = x + (half << 3) * stride;
    const a = v128.load(at);
    const b = v128.load(at + stride);
    const c = v128.load(at + 2 * stride);
    const d = v128.load(at + 3 * stride);
    const e = v128.load(at + 4 * stride);
    const f = v128.load(at + 5 * stride);
    const g = v128.load(at + 6 * stride);
    const h = v128.load(at + 7 * stride);
    // Bytes of equal place side by side: each u64 holds byte k of the eight columns.
    const ab = lower(a, b);
    const cd = lower(c, d);
    const ef = lower(e, f);
    const gh = lower(g, h);
    const to = out + half;
    storeRows(ab, cd, ef, gh, to, rowBytes);
    storeRows(upper(a, b), upper(c, d), upper(e, f), upper(g, h), to + 64 * rowBytes, rowBytes);
  }
}

// @ts-ignore: decorator
@inline
function lower(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

// @ts-ignore: decorator
@inline
function upper(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** Pairs of columns' bytes for eight places: eight times eight rows. */
function storeRows(ab: v128, cd: v128, ef: v128, gh: v128, out: usize, rowBytes: usize): void {
  const abcdLow = v128.shuffle<u16>(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11);
  const abcdHigh = v128.shuffle<u16>(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15);
  const efghLow = v128.shuffle<u16>(ef, gh, 0, 8, 1, 9, 2, 10, 3, 11);
  const efghHigh = v128.shuffle<u16>(ef, gh, 4, 12, 5, 13, 6, 14, 7, 15);
  storePlaces(v128.shuffle<u32>(abcdLow, efghLow, 0, 4, 1, 5), out, rowBytes);
  storePlaces(v128.shuffle<u32>(abcdLow, efghLow, 2, 6, 3, 7), out + 16 * rowBytes, rowBytes);
  storePlaces(v128.shuffle<u32>(abcdHigh, efghHigh, 0, 4, 1, 5), out + 32 * rowBytes, rowBytes);
  storePlaces(v128.shuffle<u32>(abcdHigh, efghHigh, 2, 6, 3, 7), out + 48 * rowBytes, rowBytes);
}

/** Two places' bytes of eight columns: sixteen rows. */
function storePlaces(x: v128, out: usize, rowBytes: usize): void {
  const t = transpose8(x);
  let low = v128.extract_lane<u64>(t, 0);
  let high = v128.extract_lane<u64>(t, 1);
  for (let k = 0; k < 8; k++) {
    store<u8>(out, <u8>low);
    store<u8>(out + 8 * rowBytes, <u8>high);
    low >>= 8;
    high >>= 8;
    out += rowBytes;
  }
}
