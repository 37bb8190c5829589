// The dual encoding of an expand-convolute code, on blocks or on pairs of blocks; see src/vole/code.ts. All randomness here is public.

/** Each block is added to those of the next 24 that the bits of its word of `taps` name. `x` goes on for 24 blocks behind the `n`. */
export function convolve(x: usize, n: i32, taps: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const at = x + (i << 4);
    const block = v128.load(at);
    for (let bits = load<u32>(taps + (i << 2)) & 0xffffff; bits != 0; bits &= bits - 1) {
      const to = at + ((<usize>ctz<u32>(bits)) << 4);
      v128.store(to, v128.xor(v128.load(to, 16), block), 16);
    }
  }
}

/** `convolve` of pairs of blocks. */
export function convolvePairs(x: usize, n: i32, taps: usize): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const at = x + (i << 5);
    const first = v128.load(at);
    const second = v128.load(at, 16);
    for (let bits = load<u32>(taps + (i << 2)) & 0xffffff; bits != 0; bits &= bits - 1) {
      const to = at + ((<usize>ctz<u32>(bits)) << 5);
      v128.store(to, v128.xor(v128.load(to, 32), first), 32);
      v128.store(to, v128.xor(v128.load(to, 48), second), 48);
    }
  }
}

/** Block `index` (as a fraction of 2^32) of `count`. */
// @ts-ignore: decorator
@inline
function place(index: usize, count: u64): usize {
  return <usize>((<u64>load<u32>(index) * count) >> 32);
}

/** out += seven of the `count` blocks of x, which eight words of `indices` name. */
export function expand(x: usize, count: i32, out: usize, n: i32, indices: usize): void {
  const c = <u64>count;
  for (let i = 0; i < n; i++) {
    let sum = v128.xor(v128.load(out), v128.load(x + (place(indices, c) << 4)));
    sum = v128.xor(sum, v128.load(x + (place(indices + 4, c) << 4)));
    sum = v128.xor(sum, v128.load(x + (place(indices + 8, c) << 4)));
    sum = v128.xor(sum, v128.load(x + (place(indices + 12, c) << 4)));
    sum = v128.xor(sum, v128.load(x + (place(indices + 16, c) << 4)));
    sum = v128.xor(sum, v128.load(x + (place(indices + 20, c) << 4)));
    sum = v128.xor(sum, v128.load(x + (place(indices + 24, c) << 4)));
    v128.store(out, sum);
    out += 16;
    indices += 32;
  }
}

/** `expand` of pairs of blocks. */
export function expandPairs(x: usize, count: i32, out: usize, n: i32, indices: usize): void {
  const c = <u64>count;
  for (let i = 0; i < n; i++) {
    let first = v128.load(out);
    let second = v128.load(out, 16);
    for (let k: usize = 0; k < 28; k += 4) {
      const from = x + (place(indices + k, c) << 5);
      first = v128.xor(first, v128.load(from));
      second = v128.xor(second, v128.load(from, 16));
    }
    v128.store(out, first);
    v128.store(out, second, 16);
    out += 32;
    indices += 32;
  }
}
