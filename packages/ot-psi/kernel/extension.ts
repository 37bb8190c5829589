// Steps of the extension of oblivious transfers; see src/ot/extension.ts.

/** out = zero + one + choices: a column of the receiver's message; 16 bytes at a time. */
export function maskColumn(zero: usize, one: usize, choices: usize, out: usize, bytes: i32): void {
  for (let i: usize = 0; i < <usize>bytes; i += 16) {
    const keys = v128.xor(v128.load(zero + i), v128.load(one + i));
    v128.store(out + i, v128.xor(keys, v128.load(choices + i)));
  }
}

/** column += bit * message, by arithmetic. */
export function openColumn(column: usize, message: usize, bit: i32, bytes: i32): void {
  const mask = v128.splat<i32>(0 - bit);
  for (let i: usize = 0; i < <usize>bytes; i += 16) {
    v128.store(column + i, v128.xor(v128.load(column + i), v128.and(v128.load(message + i), mask)));
  }
}

/** out = each of `n` blocks plus one block. */
export function addToEach(blocks: usize, block: usize, out: usize, n: i32): void {
  const added = v128.load(block);
  for (let i: usize = 0; i < <usize>n << 4; i += 16) v128.store(out + i, v128.xor(v128.load(blocks + i), added));
}

/** out = x + its number, from `first` on: the tweak of the hash. */
export function addNumbers(x: usize, out: usize, n: i32, first: i32): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const number = i64x2(<i64>first + <i64>i, 0);
    v128.store(out + (i << 4), v128.xor(v128.load(x + (i << 4)), number));
  }
}
