// Element-wise maps. Binary ones run over `rows` of `cols` words; a row stride may be anything, a column stride is 8 or
// (broadcast) 0, both in bytes; `out` is contiguous. Each element is read before it is written, so `out` may be an operand.
const ADD: i32 = 0;
const SUB: i32 = 1;
const AND: i32 = 2;
const OR: i32 = 3;
const XOR: i32 = 4;

// @ts-ignore: decorator
@inline
function pair(op: i32, a: v128, b: v128): v128 {
  if (op == ADD) return v128.add<u64>(a, b);
  if (op == SUB) return v128.sub<u64>(a, b);
  if (op == AND) return v128.and(a, b);
  if (op == OR) return v128.or(a, b);
  return v128.xor(a, b);
}

// @ts-ignore: decorator
@inline
function word(op: i32, a: u64, b: u64): u64 {
  if (op == ADD) return a + b;
  if (op == SUB) return a - b;
  if (op == AND) return a & b;
  if (op == OR) return a | b;
  return a ^ b;
}

// @ts-ignore: decorator
@inline
function rowsOf(
  op: i32, x: usize, y: usize, out: usize, rows: i32, cols: i32, xRow: i32, xCol: i32, yRow: i32, yCol: i32,
): void {
  const bytes = <usize>cols << 3;
  const even = bytes & ~15;
  for (; rows > 0; rows--) {
    let i: usize = 0;
    if (xCol && yCol) {
      for (; i < even; i += 16) v128.store(out + i, pair(op, v128.load(x + i), v128.load(y + i)));
      if (i < bytes) store<u64>(out + i, word(op, load<u64>(x + i), load<u64>(y + i)));
    } else if (xCol) {
      const b = load<u64>(y);
      const bb = v128.splat<u64>(b);
      for (; i < even; i += 16) v128.store(out + i, pair(op, v128.load(x + i), bb));
      if (i < bytes) store<u64>(out + i, word(op, load<u64>(x + i), b));
    } else {
      const a = load<u64>(x);
      const aa = v128.splat<u64>(a);
      if (yCol) {
        for (; i < even; i += 16) v128.store(out + i, pair(op, aa, v128.load(y + i)));
        if (i < bytes) store<u64>(out + i, word(op, a, load<u64>(y + i)));
      } else {
        const c = word(op, a, load<u64>(y));
        for (; i < bytes; i += 8) store<u64>(out + i, c);
      }
    }
    x += xRow;
    y += yRow;
    out += bytes;
  }
}

export function add(x: usize, y: usize, out: usize, rows: i32, cols: i32, xRow: i32, xCol: i32, yRow: i32, yCol: i32): void {
  rowsOf(ADD, x, y, out, rows, cols, xRow, xCol, yRow, yCol);
}

export function sub(x: usize, y: usize, out: usize, rows: i32, cols: i32, xRow: i32, xCol: i32, yRow: i32, yCol: i32): void {
  rowsOf(SUB, x, y, out, rows, cols, xRow, xCol, yRow, yCol);
}

export function and(x: usize, y: usize, out: usize, rows: i32, cols: i32, xRow: i32, xCol: i32, yRow: i32, yCol: i32): void {
  rowsOf(AND, x, y, out, rows, cols, xRow, xCol, yRow, yCol);
}

export function or(x: usize, y: usize, out: usize, rows: i32, cols: i32, xRow: i32, xCol: i32, yRow: i32, yCol: i32): void {
  rowsOf(OR, x, y, out, rows, cols, xRow, xCol, yRow, yCol);
}

export function xor(x: usize, y: usize, out: usize, rows: i32, cols: i32, xRow: i32, xCol: i32, yRow: i32, yCol: i32): void {
  rowsOf(XOR, x, y, out, rows, cols, xRow, xCol, yRow, yCol);
}

/** Scalar multiplies: V8 makes nine instructions of one i64x2.mul. */
export function mul(x: usize, y: usize, out: usize, rows: i32, cols: i32, xRow: i32, xCol: i32, yRow: i32, yCol: i32): void {
  const bytes = <usize>cols << 3;
  const even = bytes & ~15;
  for (; rows > 0; rows--) {
    let a = x;
    let b = y;
    let o = out;
    for (const end = out + even; o < end; o += 16) {
      const low = load<u64>(a) * load<u64>(b);
      const high = load<u64>(a + xCol) * load<u64>(b + yCol);
      store<u64>(o, low);
      store<u64>(o, high, 8);
      a += xCol << 1;
      b += yCol << 1;
    }
    if (even < bytes) store<u64>(o, load<u64>(a) * load<u64>(b));
    x += xRow;
    y += yRow;
    out += bytes;
  }
}

/** out += x y. */
export function mulAdd(x: usize, y: usize, out: usize, rows: i32, cols: i32, xRow: i32, xCol: i32, yRow: i32, yCol: i32): void {
  const bytes = <usize>cols << 3;
  const even = bytes & ~15;
  for (; rows > 0; rows--) {
    let a = x;
    let b = y;
    let o = out;
    for (const end = out + even; o < end; o += 16) {
      const low = load<u64>(o) + load<u64>(a) * load<u64>(b);
      const high = load<u64>(o, 8) + load<u64>(a + xCol) * load<u64>(b + yCol);
      store<u64>(o, low);
      store<u64>(o, high, 8);
      a += xCol << 1;
      b += yCol << 1;
    }
    if (even < bytes) store<u64>(o, load<u64>(o) + load<u64>(a) * load<u64>(b));
    x += xRow;
    y += yRow;
    out += bytes;
  }
}

export function neg(x: usize, out: usize, n: i32): void {
  const bytes = <usize>n << 3;
  let i: usize = 0;
  for (; i < (bytes & ~15); i += 16) v128.store(out + i, v128.neg<i64>(v128.load(x + i)));
  if (i < bytes) store<i64>(out + i, -load<i64>(x + i));
}

export function not(x: usize, out: usize, n: i32): void {
  const bytes = <usize>n << 3;
  let i: usize = 0;
  for (; i < (bytes & ~15); i += 16) v128.store(out + i, v128.not(v128.load(x + i)));
  if (i < bytes) store<u64>(out + i, ~load<u64>(x + i));
}

export function scale(x: usize, out: usize, n: i32, k: u64): void {
  const bytes = <usize>n << 3;
  let i: usize = 0;
  for (; i < (bytes & ~15); i += 16) {
    const low = load<u64>(x + i) * k;
    const high = load<u64>(x + i, 8) * k;
    store<u64>(out + i, low);
    store<u64>(out + i, high, 8);
  }
  if (i < bytes) store<u64>(out + i, load<u64>(x + i) * k);
}

export function shiftLeft(x: usize, out: usize, n: i32, bits: i32): void {
  const bytes = <usize>n << 3;
  let i: usize = 0;
  for (; i < (bytes & ~15); i += 16) v128.store(out + i, v128.shl<u64>(v128.load(x + i), bits));
  if (i < bytes) store<u64>(out + i, load<u64>(x + i) << <u64>bits);
}

export function shiftRight(x: usize, out: usize, n: i32, bits: i32): void {
  const bytes = <usize>n << 3;
  let i: usize = 0;
  for (; i < (bytes & ~15); i += 16) v128.store(out + i, v128.shr<u64>(v128.load(x + i), bits));
  if (i < bytes) store<u64>(out + i, load<u64>(x + i) >> <u64>bits);
}

/** SSE has no 64-bit arithmetic shift: ((x >>> s) ^ m) - m with m = 2^(63-s). */
export function shiftRightArithmetic(x: usize, out: usize, n: i32, bits: i32): void {
  const bytes = <usize>n << 3;
  const sign = v128.splat<u64>((<u64>1) << <u64>(63 - bits));
  let i: usize = 0;
  for (; i < (bytes & ~15); i += 16) {
    const shifted = v128.shr<u64>(v128.load(x + i), bits);
    v128.store(out + i, v128.sub<u64>(v128.xor(shifted, sign), sign));
  }
  if (i < bytes) store<i64>(out + i, load<i64>(x + i) >> <i64>bits);
}
