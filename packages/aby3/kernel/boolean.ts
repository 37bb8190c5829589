// Kernels of Boolean sharing, over bit planes of `words` words each, and of its conversions, over words.

// Word r of an index of plane pairs holds x's plane in its lower 32 bits and y's in its upper ones.

// @ts-ignore: decorator
@inline
function leftPlane(index: usize, r: i32): usize {
  return <usize>load<u32>(index + (<usize>r << 3));
}

// @ts-ignore: decorator
@inline
function rightPlane(index: usize, r: i32): usize {
  return <usize>load<u32>(index + (<usize>r << 3), 4);
}

/** This party's xor parts of ANDs, plane pair by plane pair: xa (ya ^ yb) ^ xb ya. */
export function andPlanes(
  xa: usize, xb: usize, ya: usize, yb: usize, index: usize, out: usize, count: i32, words: i32,
): void {
  const bytes = <usize>words << 3;
  const even = bytes & ~15;
  for (let r = 0; r < count; r++) {
    const x = leftPlane(index, r) * bytes;
    const y = rightPlane(index, r) * bytes;
    let i: usize = 0;
    for (; i < even; i += 16) {
      const own = v128.load(ya + y + i);
      const both = v128.xor(own, v128.load(yb + y + i));
      const part = v128.xor(v128.and(v128.load(xa + x + i), both), v128.and(v128.load(xb + x + i), own));
      v128.store(out + i, part);
    }
    if (i < bytes) {
      const own = load<u64>(ya + y + i);
      const both = own ^ load<u64>(yb + y + i);
      store<u64>(out + i, (load<u64>(xa + x + i) & both) ^ (load<u64>(xb + x + i) & own));
    }
    out += bytes;
  }
}

/** Plane r of x goes to plane target_r (word r of `targets`) of `into`: the first `added` by xor, the others over what is there. */
export function putPlanes(x: usize, into: usize, targets: usize, count: i32, added: i32, words: i32): void {
  const bytes = <usize>words << 3;
  for (let r = 0; r < count; r++) {
    const at = into + leftPlane(targets, r) * bytes;
    if (r < added) for (let i: usize = 0; i < bytes; i += 8) store<u64>(at + i, load<u64>(at + i) ^ load<u64>(x + i));
    else memory.copy(at, x, bytes);
    x += bytes;
  }
}

/** Lane i of plane j as word [j, i], 0 or 1. */
export function lanesToWords(planes: usize, out: usize, width: i32, n: i32): void {
  const words = (n + 63) >> 6;
  for (let j = 0; j < width; j++) {
    for (let i = 0; i < n; i++) {
      store<u64>(out, (load<u64>(planes + (<usize>(i >> 6) << 3)) >> <u64>(i & 63)) & 1);
      out += 8;
    }
    planes += <usize>words << 3;
  }
}

// The parts of bit j matter modulo 2^(64-j), since they are scaled by 2^j. So bits t and 64 - t share word t of an
// element: the lower 64 - t bits are for bit t, the upper t, in their place already, for bit 64 - t. Bit 32 has no companion.

// @ts-ignore: decorator
@inline
function hasCompanion(t: i32, width: i32): bool {
  return t > 0 && t < 32 && 64 - t < width;
}

// @ts-ignore: decorator
@inline
function upper(t: i32): u64 {
  return t == 0 ? 0 : u64.MAX_VALUE << <u64>(64 - t);
}

/** Bits t and 64 - t of e, minus the part. */
// @ts-ignore: decorator
@inline
function sharedBits(e: u64, part: u64, t: i32, width: i32): u64 {
  const high = upper(t);
  const low = (((e >> <u64>t) & 1) - part) & ~high;
  const place = <u64>(64 - t) & 63;
  const bit = hasCompanion(t, width) ? ((e >> place) & 1) << place : 0;
  return low | (bit - (part & high));
}

/** The dealer's words for the bits of e: what it knows, minus epsilon [n, min(width, 33)]. */
export function dealWord(e: usize, epsilon: usize, out: usize, n: i32, width: i32): void {
  const count = min(width, 33);
  for (let i = 0; i < n; i++) {
    const word = load<u64>(e + (<usize>i << 3));
    for (let t = 0; t < count; t++) {
      store<u64>(out, sharedBits(word, load<u64>(epsilon), t, width));
      out += 8;
      epsilon += 8;
    }
  }
}

/** An evaluator's part of the sum of 2^j (e_j xor b_j) from its parts d of e's bits, minus mask; with `lead`, b counts. */
export function foldWord(b: usize, d: usize, mask: usize, out: usize, n: i32, width: i32, lead: i32): void {
  const count = min(width, 33);
  const used = width == 64 ? u64.MAX_VALUE : (<u64>1 << <u64>width) - 1;
  for (let i: usize = 0; i < <usize>n << 3; i += 8) {
    const word = load<u64>(b + i) & used;
    let sum = (lead ? word : 0) - load<u64>(mask + i);
    for (let t = 0; t < count; t++) {
      const part = load<u64>(d);
      const low = part << <u64>t;
      const lowSign = 0 - ((word >> <u64>t) & 1);
      sum += (low ^ lowSign) - lowSign;
      if (hasCompanion(t, width)) {
        const high = part & upper(t);
        const highSign = 0 - ((word >> <u64>(64 - t)) & 1);
        sum += (high ^ highSign) - highSign;
      }
      d += 8;
    }
    store<u64>(out + i, sum);
  }
}

/** The dealer's words for bit times value: u (x + y), then u, minus epsilon [2, n]. */
export function dealMultiple(u: usize, x: usize, y: usize, epsilon: usize, out: usize, n: i32): void {
  const end = <usize>n << 3;
  for (let i: usize = 0; i < end; i += 8) {
    const bit = load<u64>(u + i);
    store<u64>(out + i, (0 - bit & (load<u64>(x + i) + load<u64>(y + i))) - load<u64>(epsilon + i));
    store<u64>(out + end + i, bit - load<u64>(epsilon + end + i));
  }
}

/**
 * An evaluator's part of (u xor v)(dealt + common), minus mask: v own + (1 - 2 v) d_0 + common ((1 - 2 v) d_1 + v), the last
 * v with `lead` only. `own` is the value's component it has with the dealer, d [2, n] its parts of the dealer's words.
 */
export function foldMultiple(
  v: usize, own: usize, common: usize, d: usize, mask: usize, out: usize, n: i32, lead: i32,
): void {
  const end = <usize>n << 3;
  for (let i: usize = 0; i < end; i += 8) {
    const bit = load<u64>(v + i);
    const sign = 0 - bit;
    const product = (load<u64>(d + i) ^ sign) - sign;
    const flipped = (load<u64>(d + end + i) ^ sign) - sign;
    const factor = flipped + (lead ? bit : 0);
    store<u64>(out + i, (load<u64>(own + i) & sign) + product + load<u64>(common + i) * factor - load<u64>(mask + i));
  }
}
