// Fixed point: float64 <-> words, in place.

const magic: f64 = 6755399441055744; // 1.5 * 2^52

/** Rounds x * scale half to even; the index of the first value out of range (NaN included), or -1. */
export function encode(x: usize, n: i32, scale: f64): i32 {
  const factor = v128.splat<f64>(scale);
  const shift = v128.splat<f64>(magic);
  const bound = v128.splat<f64>(2251799813685248); // 2^51
  let i = 0;
  for (; i + 2 <= n; i += 2) {
    const p = x + (<usize>i << 3);
    const y = v128.mul<f64>(v128.load(p), factor);
    if (v128.all_true<i64>(v128.lt<f64>(v128.abs<f64>(y), bound))) {
      v128.store(p, v128.sub<i64>(v128.add<f64>(y, shift), shift));
    } else {
      if (!encodeOne(p, scale)) return i;
      if (!encodeOne(p + 8, scale)) return i + 1;
    }
  }
  if (i < n && !encodeOne(x + (<usize>i << 3), scale)) return i;
  return -1;
}

function encodeOne(p: usize, scale: f64): bool {
  const y = load<f64>(p) * scale;
  if (!(abs(y) < 9223372036854775808.0)) return false;
  store<i64>(p, <i64>nearest(y));
  return true;
}

export function decode(x: usize, out: usize, n: i32, scale: f64): void {
  for (let i: usize = 0; i < <usize>n << 3; i += 8) store<f64>(out + i, <f64>load<i64>(x + i) * scale);
}
