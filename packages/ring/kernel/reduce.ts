// Sums.

/** x [outer, n, inner] -> out [outer, inner], summed over the middle axis; adds to `out` when asked to. */
export function sum(x: usize, out: usize, outer: i32, n: i32, inner: i32): void {
  const row = <usize>inner << 3;
  for (let i = 0; i < outer; i++) {
    if (inner == 1) {
      store<u64>(out, total(x, n));
      x += <usize>n << 3;
    } else {
      memory.fill(out, 0, row);
      for (let j = 0; j < n; j++) {
        accumulate(x, out, inner);
        x += row;
      }
    }
    out += row;
  }
}

function total(x: usize, n: i32): u64 {
  let sums = v128.splat<u64>(0);
  const bytes = <usize>n << 3;
  let i: usize = 0;
  for (; i < (bytes & ~15); i += 16) sums = v128.add<u64>(sums, v128.load(x + i));
  const all = v128.extract_lane<u64>(sums, 0) + v128.extract_lane<u64>(sums, 1);
  return i < bytes ? all + load<u64>(x + i) : all;
}

function accumulate(x: usize, out: usize, n: i32): void {
  const bytes = <usize>n << 3;
  let i: usize = 0;
  for (; i < (bytes & ~15); i += 16) v128.store(out + i, v128.add<u64>(v128.load(out + i), v128.load(x + i)));
  if (i < bytes) store<u64>(out + i, load<u64>(out + i) + load<u64>(x + i));
}

/** out += sum of x y. */
export function dot(x: usize, y: usize, out: usize, n: i32): void {
  const end = x + (<usize>n << 3);
  let a: u64 = 0;
  let b: u64 = 0;
  for (; x + 16 <= end; x += 16, y += 16) {
    a += load<u64>(x) * load<u64>(y);
    b += load<u64>(x, 8) * load<u64>(y, 8);
  }
  if (x < end) a += load<u64>(x) * load<u64>(y);
  store<u64>(out, load<u64>(out) + a + b);
}
