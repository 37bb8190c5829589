// Copies between strided layouts.

/** Three nested loops; strides in bytes. */
export function copy(
  src: usize, dst: usize, n0: i32, n1: i32, n2: i32, s0: i32, s1: i32, s2: i32, d0: i32, d1: i32, d2: i32,
): void {
  for (let i = 0; i < n0; i++) {
    for (let j = 0; j < n1; j++) {
      let s = src + i * s0 + j * s1;
      let d = dst + i * d0 + j * d1;
      if (s2 == 8 && d2 == 8) {
        memory.copy(d, s, <usize>n2 << 3);
        continue;
      }
      for (let k = 0; k < n2; k++) {
        store<u64>(d, load<u64>(s));
        s += s2;
        d += d2;
      }
    }
  }
}
