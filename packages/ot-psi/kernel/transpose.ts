// Transposition of bit matrices: bytes of columns side by side, then their bits, then bytes of rows side by side.

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

/** Bytes of lanes 0 to 7 of both, alternating. */
// @ts-ignore: decorator
@inline
function lower(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/** Bytes of lanes 8 to 15 of both, alternating. */
// @ts-ignore: decorator
@inline
function upper(a: v128, b: v128): v128 {
  return v128.shuffle<u8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/** 128 rows of eight columns: the eight bytes of each row byte together, two row bytes to each of the eight vectors at `out`. */
function gatherBytes(x: usize, stride: usize, out: usize): void {
  const x0 = v128.load(x);
  const x1 = v128.load(x + stride);
  const x2 = v128.load(x + 2 * stride);
  const x3 = v128.load(x + 3 * stride);
  const x4 = v128.load(x + 4 * stride);
  const x5 = v128.load(x + 5 * stride);
  const x6 = v128.load(x + 6 * stride);
  const x7 = v128.load(x + 7 * stride);
  const a0 = lower(x0, x4);
  const a1 = lower(x1, x5);
  const a2 = lower(x2, x6);
  const a3 = lower(x3, x7);
  const a4 = upper(x0, x4);
  const a5 = upper(x1, x5);
  const a6 = upper(x2, x6);
  const a7 = upper(x3, x7);
  storePlaces(lower(a0, a2), lower(a1, a3), out);
  storePlaces(upper(a0, a2), upper(a1, a3), out + 4 * placeBytes);
  storePlaces(lower(a4, a6), lower(a5, a7), out + 8 * placeBytes);
  storePlaces(upper(a4, a6), upper(a5, a7), out + 12 * placeBytes);
}

/** Bytes of all 128 columns for one place of the columns. */
const placeBytes: usize = 128;

/** Four places' bytes of eight columns become eight rows' bytes each. */
// @ts-ignore: decorator
@inline
function storePlaces(even: v128, odd: v128, out: usize): void {
  const a = transpose8(lower(even, odd));
  const b = transpose8(upper(even, odd));
  v128.store64_lane(out, a, 0);
  v128.store64_lane(out, a, 1, placeBytes);
  v128.store64_lane(out, b, 0, 2 * placeBytes);
  v128.store64_lane(out, b, 1, 3 * placeBytes);
}

/** The eight bytes of each of 16 column bytes, at `x`, become 16 bytes of each of eight rows. */
function spreadRows(x: usize, out: usize, rowBytes: usize): void {
  const x0 = v128.load(x);
  const x1 = v128.load(x, 16);
  const x2 = v128.load(x, 32);
  const x3 = v128.load(x, 48);
  const x4 = v128.load(x, 64);
  const x5 = v128.load(x, 80);
  const x6 = v128.load(x, 96);
  const x7 = v128.load(x, 112);
  const a0 = lower(x0, x4);
  const a1 = lower(x1, x5);
  const a2 = lower(x2, x6);
  const a3 = lower(x3, x7);
  const a4 = upper(x0, x4);
  const a5 = upper(x1, x5);
  const a6 = upper(x2, x6);
  const a7 = upper(x3, x7);
  // Column bytes of even and odd numbers, rows 0 to 3 and 4 to 7.
  const b0 = lower(a0, a2);
  const b1 = lower(a1, a3);
  const b2 = upper(a0, a2);
  const b3 = upper(a1, a3);
  const b4 = lower(a4, a6);
  const b5 = lower(a5, a7);
  const b6 = upper(a4, a6);
  const b7 = upper(a5, a7);
  storeRows(lower(b0, b1), lower(b4, b5), out, rowBytes);
  storeRows(upper(b0, b1), upper(b4, b5), out + 2 * rowBytes, rowBytes);
  storeRows(lower(b2, b3), lower(b6, b7), out + 4 * rowBytes, rowBytes);
  storeRows(upper(b2, b3), upper(b6, b7), out + 6 * rowBytes, rowBytes);
}

/** Two rows' bytes of even columns, and of odd ones. */
// @ts-ignore: decorator
@inline
function storeRows(even: v128, odd: v128, out: usize, rowBytes: usize): void {
  v128.store(out, lower(even, odd));
  v128.store(out + rowBytes, upper(even, odd));
}

/**
 * Columns to rows: `columns` (a multiple of 128) columns of `rows` bits (a multiple of 128), `stride` bytes apart, become rows of
 * columns / 8 bytes. Bit i of a column is bit i % 8 of its byte i / 8. Scratch: 2048 bytes. Strides that are large powers of two put columns
 * in one set of the cache: add 64.
 */
export function transposeBits(x: usize, stride: usize, out: usize, columns: i32, rows: i32, scratch: usize): void {
  const rowBytes = <usize>columns >> 3;
  for (let r: usize = 0; r < <usize>rows >> 3; r += 16) {
    for (let c: usize = 0; c < rowBytes; c += 16) {
      for (let k: usize = 0; k < 16; k++) gatherBytes(x + ((c + k) << 3) * stride + r, stride, scratch + (k << 3));
      for (let k: usize = 0; k < 16; k++) spreadRows(scratch + k * placeBytes, out + ((r + k) << 3) * rowBytes + c, rowBytes);
    }
  }
}
