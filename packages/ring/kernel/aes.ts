// AES-128 (FIPS 197) on eight blocks at once, bit-sliced (Kaesper and Schwabe, CHES 2009): register i holds bit i of the
// 128 bytes, byte 4 r + c of it those of row r and column c of the eight states. The S-box is the circuit of Boyar and
// Peralta (SEC 2012) without its four negations: they are 0x63, which MixColumns keeps, and go into the round keys.
// No address and no branch depends on a key or on data.

const rounds: i32 = 10;
/** Bytes of eight blocks, and of a round key: each of its bits as a byte of zeros or ones. */
const batch: usize = 128;

/** Bytes in the order of rows, or back. */
// @ts-ignore: decorator
@inline
function transposed(x: v128): v128 {
  return v128.swizzle(x, i8x16(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
}

// @ts-ignore: decorator
@inline
function shiftRows(x: v128): v128 {
  return v128.swizzle(x, i8x16(0, 1, 2, 3, 5, 6, 7, 4, 10, 11, 8, 9, 15, 12, 13, 14));
}

/** Row r of the result is row r + 1. */
// @ts-ignore: decorator
@inline
function nextRow(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 1, 2, 3, 0);
}

/** Row r of the result is row r + 2. */
// @ts-ignore: decorator
@inline
function oppositeRow(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 2, 3, 0, 1);
}

/** Exchanges the bits of `mask` in b with those `shift` places higher in a. */
// @ts-ignore: decorator
@inline
function swapBits(a: usize, b: usize, shift: i32, mask: u64): void {
  const x = v128.load(a);
  const y = v128.load(b);
  const t = v128.and(v128.xor(v128.shr<u64>(x, shift), y), v128.splat<u64>(mask));
  v128.store(b, v128.xor(y, t));
  v128.store(a, v128.xor(x, v128.shl<u64>(t, shift)));
}

/** Eight blocks to eight bit slices, or back. */
function slice(s: usize): void {
  for (let i: usize = 0; i < batch; i += 32) swapBits(s + i, s + i + 16, 1, 0x5555555555555555);
  for (let i: usize = 0; i < batch; i += 64) {
    swapBits(s + i, s + i + 32, 2, 0x3333333333333333);
    swapBits(s + i + 16, s + i + 48, 2, 0x3333333333333333);
  }
  for (let i: usize = 0; i < 64; i += 16) swapBits(s + i, s + i + 64, 4, 0x0f0f0f0f0f0f0f0f);
}

function addRoundKey(s: usize, key: usize): void {
  for (let i: usize = 0; i < batch; i += 16) v128.store(s + i, v128.xor(v128.load(s + i), v128.load(key + i)));
}

/** SubBytes, except that the result is off by 0x63. */
function subBytes(s: usize): void {
  const x0 = v128.load(s, 112);
  const x1 = v128.load(s, 96);
  const x2 = v128.load(s, 80);
  const x3 = v128.load(s, 64);
  const x4 = v128.load(s, 48);
  const x5 = v128.load(s, 32);
  const x6 = v128.load(s, 16);
  const x7 = v128.load(s);

  const y14 = v128.xor(x3, x5);
  const y13 = v128.xor(x0, x6);
  const y9 = v128.xor(x0, x3);
  const y8 = v128.xor(x0, x5);
  const t0 = v128.xor(x1, x2);
  const y1 = v128.xor(t0, x7);
  const y4 = v128.xor(y1, x3);
  const y12 = v128.xor(y13, y14);
  const y2 = v128.xor(y1, x0);
  const y5 = v128.xor(y1, x6);
  const y3 = v128.xor(y5, y8);
  const t1 = v128.xor(x4, y12);
  const y15 = v128.xor(t1, x5);
  const y20 = v128.xor(t1, x1);
  const y6 = v128.xor(y15, x7);
  const y10 = v128.xor(y15, t0);
  const y11 = v128.xor(y20, y9);
  const y7 = v128.xor(x7, y11);
  const y17 = v128.xor(y10, y11);
  const y19 = v128.xor(y10, y8);
  const y16 = v128.xor(t0, y11);
  const y21 = v128.xor(y13, y16);
  const y18 = v128.xor(x0, y16);

  const t2 = v128.and(y12, y15);
  const t4 = v128.xor(v128.and(y3, y6), t2);
  const t6 = v128.xor(v128.and(y4, x7), t2);
  const t7 = v128.and(y13, y16);
  const t9 = v128.xor(v128.and(y5, y1), t7);
  const t11 = v128.xor(v128.and(y2, y7), t7);
  const t12 = v128.and(y9, y11);
  const t14 = v128.xor(v128.and(y14, y17), t12);
  const t16 = v128.xor(v128.and(y8, y10), t12);
  const t21 = v128.xor(v128.xor(t4, t14), y20);
  const t22 = v128.xor(v128.xor(t6, t16), y19);
  const t23 = v128.xor(v128.xor(t9, t14), y21);
  const t24 = v128.xor(v128.xor(t11, t16), y18);

  const t25 = v128.xor(t21, t22);
  const t26 = v128.and(t21, t23);
  const t27 = v128.xor(t24, t26);
  const t29 = v128.xor(v128.and(t25, t27), t22);
  const t30 = v128.xor(t23, t24);
  const t31 = v128.xor(t22, t26);
  const t33 = v128.xor(v128.and(t31, t30), t24);
  const t34 = v128.xor(t23, t33);
  const t35 = v128.xor(t27, t33);
  const t36 = v128.and(t24, t35);
  const t37 = v128.xor(t36, t34);
  const t38 = v128.xor(t27, t36);
  const t40 = v128.xor(t25, v128.and(t29, t38));

  const t41 = v128.xor(t40, t37);
  const t42 = v128.xor(t29, t33);
  const t43 = v128.xor(t29, t40);
  const t44 = v128.xor(t33, t37);
  const t45 = v128.xor(t42, t41);
  const z0 = v128.and(t44, y15);
  const z1 = v128.and(t37, y6);
  const z2 = v128.and(t33, x7);
  const z3 = v128.and(t43, y16);
  const z4 = v128.and(t40, y1);
  const z5 = v128.and(t29, y7);
  const z6 = v128.and(t42, y11);
  const z7 = v128.and(t45, y17);
  const z8 = v128.and(t41, y10);
  const z9 = v128.and(t44, y12);
  const z10 = v128.and(t37, y3);
  const z11 = v128.and(t33, y4);
  const z12 = v128.and(t43, y13);
  const z13 = v128.and(t40, y5);
  const z14 = v128.and(t29, y2);
  const z15 = v128.and(t42, y9);
  const z16 = v128.and(t45, y14);
  const z17 = v128.and(t41, y8);

  const t46 = v128.xor(z15, z16);
  const t48 = v128.xor(z5, z13);
  const t53 = v128.xor(z0, z3);
  const t54 = v128.xor(z6, z7);
  const t57 = v128.xor(v128.xor(z2, z12), t53);
  const t58 = v128.xor(z4, t46);
  const t59 = v128.xor(z3, t54);
  const t60 = v128.xor(t46, t57);
  const t61 = v128.xor(z14, t57);
  const t62 = v128.xor(v128.xor(z7, z8), t58);
  const t63 = v128.xor(v128.xor(z9, z10), t58);
  const t64 = v128.xor(z4, t59);
  const t65 = v128.xor(t61, t62);
  const t66 = v128.xor(z1, t63);
  const s3 = v128.xor(t53, t66);
  v128.store(s, v128.xor(t59, t63), 112);
  v128.store(s, v128.xor(t64, s3), 96);
  v128.store(s, v128.xor(v128.xor(z16, z17), v128.xor(t64, t65)), 80);
  v128.store(s, s3, 64);
  v128.store(s, v128.xor(v128.xor(z2, z5), t66), 48);
  v128.store(s, v128.xor(v128.xor(z10, z11), t65), 32);
  v128.store(s, v128.xor(v128.xor(z12, t48), t62), 16);
  v128.store(s, v128.xor(t48, t60));
}

/** ShiftRows, MixColumns and AddRoundKey: 2 (a + a') + a' + a'' + a''' for each byte a and those below it. */
function mix(s: usize, key: usize): void {
  let carry = shiftRows(v128.load(s, 112));
  carry = v128.xor(carry, nextRow(carry));
  let doubled = carry;
  for (let i: usize = 0; i < batch; i += 16) {
    const a = shiftRows(v128.load(s + i));
    const below = nextRow(a);
    const sum = v128.xor(a, below);
    const mixed = v128.xor(v128.xor(doubled, below), v128.xor(oppositeRow(sum), v128.load(key + i)));
    v128.store(s + i, mixed);
    // x^8 = x^4 + x^3 + x + 1.
    doubled = i == 0 || i == 32 || i == 48 ? v128.xor(sum, carry) : sum;
  }
}

/** Encrypts the eight blocks at `s` in place. */
function encrypt(s: usize, schedule: usize): void {
  for (let i: usize = 0; i < batch; i += 16) v128.store(s + i, transposed(v128.load(s + i)));
  slice(s);
  addRoundKey(s, schedule);
  for (let round = 1; round < rounds; round++) {
    subBytes(s);
    mix(s, schedule + <usize>round * batch);
  }
  subBytes(s);
  for (let i: usize = 0; i < batch; i += 16) v128.store(s + i, shiftRows(v128.load(s + i)));
  addRoundKey(s, schedule + <usize>rounds * batch);
  slice(s);
  for (let i: usize = 0; i < batch; i += 16) v128.store(s + i, transposed(v128.load(s + i)));
}

/** Bytes to slices of eight equal blocks. */
function spread(x: v128, s: usize): void {
  for (let bit: i32 = 0; bit < 8; bit++) {
    const set = v128.and(x, v128.splat<u8>(1 << <u8>bit));
    v128.store(s + (<usize>bit << 4), v128.ne<u8>(set, v128.splat<u8>(0)));
  }
}

/** The inverse of `spread`. */
function gather(s: usize): v128 {
  let x = v128.splat<u8>(0);
  for (let bit: i32 = 0; bit < 8; bit++) {
    x = v128.or(x, v128.and(v128.load(s + (<usize>bit << 4)), v128.splat<u8>(1 << <u8>bit)));
  }
  return x;
}

/** The schedule (1408 bytes) of a key (16 bytes): eleven round keys in slices, all but the first with 0x63 added. */
export function aesSchedule(key: usize, schedule: usize): void {
  const off = v128.splat<u8>(0x63);
  let k = v128.load(key);
  spread(transposed(k), schedule);
  let constant: u32 = 1;
  for (let round = 1; round <= rounds; round++) {
    schedule += batch;
    spread(k, schedule);
    subBytes(schedule);
    const substituted = v128.xor(gather(schedule), off);
    const rotated = v128.swizzle(substituted, i8x16(13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12));
    k = v128.xor(k, v128.shuffle<i32>(v128.splat<u8>(0), k, 0, 4, 5, 6));
    k = v128.xor(k, v128.shuffle<i32>(v128.splat<u8>(0), k, 0, 1, 4, 5));
    k = v128.xor(k, v128.xor(rotated, v128.splat<u32>(constant)));
    spread(v128.xor(transposed(k), off), schedule);
    constant = (constant << 1) ^ (constant >> 7) * 0x11b;
  }
}

/** `n` bytes of the encryptions of little-endian u32 a, b, c, counter from `start`; `scratch` has 128 bytes. */
export function aesStream(
  out: usize, n: i32, schedule: usize, a: u32, b: u32, c: u32, start: u32, scratch: usize,
): void {
  let counter = start;
  for (; n > 0; n -= <i32>batch) {
    const s = n < <i32>batch ? scratch : out;
    for (let i: u32 = 0; i < 8; i++) v128.store(s + (<usize>i << 4), i32x4(a, b, c, counter + i));
    encrypt(s, schedule);
    if (n < <i32>batch) memory.copy(out, s, n);
    counter += 8;
    out += batch;
  }
}

/** Encrypts `n` blocks; `out` may be `x`; `scratch` has 128 bytes. */
export function aesBlocks(x: usize, out: usize, n: i32, schedule: usize, scratch: usize): void {
  for (let left = <usize>n << 4; left > 0; ) {
    const bytes = left < batch ? left : batch;
    memory.copy(scratch, x, bytes);
    encrypt(scratch, schedule);
    memory.copy(out, scratch, bytes);
    x += bytes;
    out += bytes;
    left -= bytes;
  }
}

/** `n` blocks of little-endian u32 a, b, c, counter from `start`. */
export function counterBlocks(out: usize, n: i32, a: u32, b: u32, c: u32, start: u32): void {
  let block = i32x4(a, b, c, start);
  const one = i32x4(0, 0, 0, 1);
  for (const end = out + (<usize>n << 4); out < end; out += 16) {
    v128.store(out, block);
    block = v128.add<i32>(block, one);
  }
}
