// Products of matrices, C [m, n] += A [m, k] B [k, n]; strides in bytes, columns of C lie side by side.
//
// A 64-bit SIMD product takes V8 nine instructions, a scalar one takes a single one whose port is the bottleneck. So
// large products compute four columns with scalars and at once four with 32-bit SIMD halves:
// x y = lo(x) lo(y) + 2^32 (lo(x) hi(y) + hi(x) lo(y)) mod 2^64.

/** Bytes of one row of a panel: low halves of columns 0-3, their high halves, columns 4-7. */
const panelRow: usize = 64;

/** Copies `count` groups of 8 columns of B into panels [count][k][8]. */
export function packPanels(b: usize, panels: usize, k: i32, count: i32, bRow: i32, bCol: i32): void {
  for (; count > 0; count--) {
    let from = b;
    for (let l = 0; l < k; l++) {
      let p = from;
      const b0 = v128.load64_zero(p);
      const b01 = v128.load64_lane(p + bCol, b0, 1);
      p += bCol << 1;
      const b2 = v128.load64_zero(p);
      const b23 = v128.load64_lane(p + bCol, b2, 1);
      p += bCol << 1;
      v128.store(panels, v128.shuffle<i32>(b01, b23, 0, 2, 4, 6));
      v128.store(panels, v128.shuffle<i32>(b01, b23, 1, 3, 5, 7), 16);
      for (let j: usize = 32; j < panelRow; j += 8) {
        store<u64>(panels + j, load<u64>(p));
        p += bCol;
      }
      panels += panelRow;
      from += bRow;
    }
    b += bCol << 3;
  }
}

/** C += A B for B in panels; rows of A are contiguous. */
export function gemmPanels(
  a: usize, panels: usize, c: usize, m: i32, count: i32, k: i32, aRow: i32, cRow: i32,
): void {
  const size = <usize>k * panelRow;
  for (; m > 0; m--) {
    let b = panels;
    for (let out = c, end = c + <usize>count * panelRow; out < end; out += panelRow) {
      let low = v128.splat<u64>(0);
      let high = v128.splat<u64>(0);
      let cross = v128.splat<u64>(0);
      let c4: u64 = 0;
      let c5: u64 = 0;
      let c6: u64 = 0;
      let c7: u64 = 0;
      let p = a;
      for (const last = b + size; b < last; b += panelRow) {
        const aLow = v128.load32_splat(p);
        const aHigh = v128.load32_splat(p, 4);
        const x = load<u64>(p);
        const bLow = v128.load(b);
        const bHigh = v128.load(b, 16);
        c4 += x * load<u64>(b, 32);
        low = v128.add<u64>(low, v128.extmul_low<u32>(aLow, bLow));
        cross = v128.add<u32>(cross, v128.mul<u32>(aLow, bHigh));
        c5 += x * load<u64>(b, 40);
        high = v128.add<u64>(high, v128.extmul_high<u32>(aLow, bLow));
        c6 += x * load<u64>(b, 48);
        cross = v128.add<u32>(cross, v128.mul<u32>(aHigh, bLow));
        c7 += x * load<u64>(b, 56);
        p += 8;
      }
      const zero = v128.splat<u64>(0);
      low = v128.add<u64>(low, v128.shuffle<u32>(zero, cross, 0, 4, 0, 5));
      high = v128.add<u64>(high, v128.shuffle<u32>(zero, cross, 0, 6, 0, 7));
      v128.store(out, v128.add<u64>(v128.load(out), low));
      v128.store(out, v128.add<u64>(v128.load(out, 16), high), 16);
      store<u64>(out, load<u64>(out, 32) + c4, 32);
      store<u64>(out, load<u64>(out, 40) + c5, 40);
      store<u64>(out, load<u64>(out, 48) + c6, 48);
      store<u64>(out, load<u64>(out, 56) + c7, 56);
    }
    a += aRow;
    c += cRow;
  }
}

/** C += A B as they lie, for small or narrow products: tiles of 1 x 4, then 4 x 1 for the columns left over. */
export function gemm(
  a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32, cRow: i32,
): void {
  let j = 0;
  for (; j + 4 <= n; j += 4) {
    let p = a;
    let out = c;
    for (let i = 0; i < m; i++) {
      rowTile(p, b, out, k, aCol, bRow, bCol);
      p += aRow;
      out += cRow;
    }
    b += bCol << 2;
    c += 32;
  }
  for (; j < n; j++) {
    let p = a;
    let out = c;
    let i = 0;
    for (; i + 4 <= m; i += 4) {
      columnTile(p, b, out, k, aRow, aCol, bRow, cRow);
      p += aRow << 2;
      out += cRow << 2;
    }
    for (; i < m; i++) {
      single(p, b, out, k, aCol, bRow);
      p += aRow;
      out += cRow;
    }
    b += bCol;
    c += 8;
  }
}

// @ts-ignore: decorator
@inline
function rowTile(a: usize, b: usize, c: usize, k: i32, aCol: i32, bRow: i32, bCol: i32): void {
  let c0: u64 = 0;
  let c1: u64 = 0;
  let c2: u64 = 0;
  let c3: u64 = 0;
  const two = bCol << 1;
  const three = two + bCol;
  for (; k > 0; k--) {
    const x = load<u64>(a);
    c0 += x * load<u64>(b);
    c1 += x * load<u64>(b + bCol);
    c2 += x * load<u64>(b + two);
    c3 += x * load<u64>(b + three);
    a += aCol;
    b += bRow;
  }
  store<u64>(c, load<u64>(c) + c0);
  store<u64>(c, load<u64>(c, 8) + c1, 8);
  store<u64>(c, load<u64>(c, 16) + c2, 16);
  store<u64>(c, load<u64>(c, 24) + c3, 24);
}

// @ts-ignore: decorator
@inline
function columnTile(a: usize, b: usize, c: usize, k: i32, aRow: i32, aCol: i32, bRow: i32, cRow: i32): void {
  let c0: u64 = 0;
  let c1: u64 = 0;
  let c2: u64 = 0;
  let c3: u64 = 0;
  const two = aRow << 1;
  const three = two + aRow;
  for (; k > 0; k--) {
    const y = load<u64>(b);
    c0 += y * load<u64>(a);
    c1 += y * load<u64>(a + aRow);
    c2 += y * load<u64>(a + two);
    c3 += y * load<u64>(a + three);
    a += aCol;
    b += bRow;
  }
  store<u64>(c, load<u64>(c) + c0);
  store<u64>(c + cRow, load<u64>(c + cRow) + c1);
  c += cRow << 1;
  store<u64>(c, load<u64>(c) + c2);
  store<u64>(c + cRow, load<u64>(c + cRow) + c3);
}

// @ts-ignore: decorator
@inline
function single(a: usize, b: usize, c: usize, k: i32, aCol: i32, bRow: i32): void {
  let sum: u64 = 0;
  for (; k > 0; k--) {
    sum += load<u64>(a) * load<u64>(b);
    a += aCol;
    b += bRow;
  }
  store<u64>(c, load<u64>(c) + sum);
}
