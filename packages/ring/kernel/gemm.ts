// Products of matrices: C [m, n] += op(A) [m, k] op(B) [k, n], strides in bytes.

export function gemm(
  a: usize, b: usize, c: usize, m: i32, n: i32, k: i32, aRow: i32, aCol: i32, bRow: i32, bCol: i32,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let p = a + i * aRow;
      let q = b + j * bCol;
      let s: u64 = 0;
      for (let l = 0; l < k; l++) {
        s += load<u64>(p) * load<u64>(q);
        p += aCol;
        q += bRow;
      }
      store<u64>(c, load<u64>(c) + s);
      c += 8;
    }
  }
}
