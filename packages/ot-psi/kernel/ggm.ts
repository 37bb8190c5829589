// Levels of GGM trees, node by node of 16 bytes; see src/vole/tree.ts.

/**
 * Children of `n` nodes from their encryptions under two keys, each a node's encryption plus the node itself: out holds 2 n nodes, sums the
 * sum of all left ones, then of all right ones.
 */
export function ggmLevel(nodes: usize, left: usize, right: usize, n: i32, out: usize, sums: usize): void {
  let leftSum = v128.splat<u64>(0);
  let rightSum = leftSum;
  for (let i: usize = 0; i < <usize>n << 4; i += 16) {
    const node = v128.load(nodes + i);
    const l = v128.xor(v128.load(left + i), node);
    const r = v128.xor(v128.load(right + i), node);
    v128.store(out + 2 * i, l);
    v128.store(out + 2 * i, r, 16);
    leftSum = v128.xor(leftSum, l);
    rightSum = v128.xor(rightSum, r);
  }
  v128.store(sums, leftSum);
  v128.store(sums, rightSum, 16);
}

/**
 * The children of node `at` of `n`, which the holder of a punctured tree does not know: the one on the side `bit` becomes zero, the other
 * message + sum + constant, with its side's sum over all children and what a node of zeros has as child there. All children are read and
 * written, so no address depends on `at` or `bit`. sums, constants: a left block, then a right one.
 */
export function punctureLevel(
  children: usize, n: i32, at: i32, bit: i32, sums: usize, message: usize, constants: usize,
): void {
  const right = v128.splat<i32>(0 - bit);
  const left = v128.xor(v128.load(sums), v128.load(constants));
  const other = v128.xor(v128.load(sums, 16), v128.load(constants, 16));
  const known = v128.xor(v128.load(message), v128.bitselect(left, other, right));
  const first = v128.and(known, right);
  const second = v128.andnot(known, right);
  for (let i = 0; i < n; i++) {
    const here = v128.splat<i32>(0 - <i32>(i == at));
    const where = children + (<usize>i << 5);
    v128.store(where, v128.bitselect(first, v128.load(where), here));
    v128.store(where, v128.bitselect(second, v128.load(where, 16), here), 16);
  }
}

/** out += the sum of `n` blocks. */
export function addSum(blocks: usize, n: i32, out: usize): void {
  let sum = v128.load(out);
  for (let i: usize = 0; i < <usize>n << 4; i += 16) sum = v128.xor(sum, v128.load(blocks + i));
  v128.store(out, sum);
}

/** out = a + b, block by block. */
export function addBlocks(a: usize, b: usize, out: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n << 4; i += 16) v128.store(out + i, v128.xor(v128.load(a + i), v128.load(b + i)));
}

/**
 * Pairs (a, c) of 32 bytes: a is zero but at `at`, where it is `noise`, and c is a block but there, where it is `value`. No address depends
 * on `at`.
 */
export function interleave(blocks: usize, n: i32, at: i32, noise: usize, value: usize, out: usize): void {
  const a = v128.load(noise);
  const c = v128.load(value);
  for (let i = 0; i < n; i++) {
    const here = v128.splat<i32>(0 - <i32>(i == at));
    v128.store(out, v128.and(a, here));
    v128.store(out, v128.bitselect(c, v128.load(blocks + (<usize>i << 4)), here), 16);
    out += 32;
  }
}

/** Pairs of blocks (0, 1) += (zero, one), for `n` pairs. */
export function maskPairs(pairs: usize, zero: usize, one: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n << 4; i += 16) {
    const at = pairs + 2 * i;
    v128.store(at, v128.xor(v128.load(at), v128.load(zero + i)));
    v128.store(at, v128.xor(v128.load(at, 16), v128.load(one + i)), 16);
  }
}

/** out = key + the block of its pair that a choice (a byte of 0 or 1) names, by arithmetic. */
export function choosePairs(pairs: usize, choices: usize, keys: usize, out: usize, n: i32): void {
  for (let i: usize = 0; i < <usize>n; i++) {
    const mask = v128.splat<i32>(0 - <i32>load<u8>(choices + i));
    const at = pairs + (i << 5);
    const chosen = v128.bitselect(v128.load(at, 16), v128.load(at), mask);
    v128.store(out + (i << 4), v128.xor(chosen, v128.load(keys + (i << 4))));
  }
}
