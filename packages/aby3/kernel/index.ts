// Kernels of the truncation and random-bit protocols, over 64-bit words at byte addresses; n counts words. Loops over
// pairs of words may read and write one word past an odd n: blocks hold whole multiples of 16 bytes.

export * from './boolean';
export * from './comparison';
export * from './shuffle';

const low63: u64 = 0x7fffffffffffffff;

/** out = x + y. */
export function sum(x: usize, y: usize, out: usize, n: i32): void {
  for (let i: usize = 0, end = <usize>n << 3; i < end; i += 16) {
    v128.store(out + i, v128.add<u64>(v128.load(x + i), v128.load(y + i)));
  }
}

/** Additive parts of products element by element, of shares (xa, xb) and (ya, yb): what `localProduct` computes, in one pass. */
export function products(rank: i32, xa: usize, xb: usize, ya: usize, yb: usize, out: usize, n: i32): void {
  const end = <usize>n << 3;
  if (rank == 0) {
    for (let i: usize = 0; i < end; i += 8) {
      store<u64>(out + i, (load<u64>(xa + i) + load<u64>(xb + i)) * (load<u64>(ya + i) + load<u64>(yb + i)));
    }
  } else if (rank == 1) {
    for (let i: usize = 0; i < end; i += 8) {
      const y = load<u64>(ya + i) + load<u64>(yb + i);
      store<u64>(out + i, load<u64>(xb + i) * y + load<u64>(xa + i) * load<u64>(yb + i));
    }
  } else {
    for (let i: usize = 0; i < end; i += 8) {
      store<u64>(out + i, load<u64>(xa + i) * load<u64>(yb + i) + load<u64>(xb + i) * load<u64>(ya + i));
    }
  }
}

/** The dealer's correction words: floor(r mod 2^63 / 2^bits) - rho, then (r >> 63) - beta, for r = u + w - z. */
export function deal(z: usize, u: usize, w: usize, rho: usize, beta: usize, out: usize, n: i32, bits: i32): void {
  const mask = v128.splat<u64>(low63);
  const top = out + (<usize>n << 3);
  const end = <usize>n << 3;
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const r = v128.sub<u64>(v128.add<u64>(v128.load(u + i), v128.load(w + i)), v128.load(z + i));
    v128.store(out + i, v128.sub<u64>(v128.shr<u64>(v128.and(r, mask), bits), v128.load(rho + i)));
    v128.store(top + i, v128.sub<u64>(v128.shr<u64>(r, 63), v128.load(beta + i)));
  }
  for (; i < end; i += 8) {
    const r = load<u64>(u + i) + load<u64>(w + i) - load<u64>(z + i);
    store<u64>(out + i, ((r & low63) >> <u64>bits) - load<u64>(rho + i));
    store<u64>(top + i, (r >> 63) - load<u64>(beta + i));
  }
}

/**
 * An evaluator's part of the truncated value. With c = mine + theirs + 2^62 opened and s its top bit:
 * (1 - 2s) 2^(63-bits) beta - rho - mask, and with `lead` also floor(c mod 2^63 / 2^bits) + s 2^(63-bits) - 2^(62-bits).
 */
export function fold(
  mine: usize, theirs: usize, rho: usize, beta: usize, mask: usize, out: usize, n: i32, bits: i32, lead: i32,
): void {
  const range = v128.splat<u64>((<u64>1) << 62);
  const offset = v128.splat<u64>((<u64>1) << <u64>(62 - bits));
  const low = v128.splat<u64>(low63);
  const all = v128.splat<u64>(lead ? u64.MAX_VALUE : 0);
  const end = <usize>n << 3;
  for (let i: usize = 0; i < end; i += 16) {
    const c = v128.add<u64>(v128.add<u64>(v128.load(mine + i), v128.load(theirs + i)), range);
    const s = v128.shr<u64>(c, 63);
    const sign = v128.neg<i64>(s);
    const scaled = v128.shl<u64>(v128.load(beta + i), 63 - bits);
    const signed = v128.add<u64>(v128.xor(scaled, sign), s);
    const open = v128.sub<u64>(
      v128.add<u64>(v128.shr<u64>(v128.and(c, low), bits), v128.shl<u64>(s, 63 - bits)),
      offset,
    );
    const part = v128.sub<u64>(v128.sub<u64>(signed, v128.load(rho + i)), v128.load(mask + i));
    v128.store(out + i, v128.add<u64>(part, v128.and(open, all)));
  }
}

/** The dealer's correction words for k bits of each of n words: out [n, k] = bit j of e - epsilon [n, k]. */
export function dealBits(e: usize, epsilon: usize, out: usize, n: i32, k: i32): void {
  for (let i = 0; i < n; i++) {
    let word = load<u64>(e + (<usize>i << 3));
    for (let j = 0; j < k; j++) {
      store<u64>(out, (word & 1) - load<u64>(epsilon));
      word >>= 1;
      out += 8;
      epsilon += 8;
    }
  }
}

/** sum over j < k of 2^j (1 - 2 b_j) d_j - mask for additive parts d [n, k] of bits; with `lead`, plus b - 2^(k-1). */
export function foldBits(b: usize, d: usize, mask: usize, out: usize, n: i32, k: i32, lead: i32): void {
  const low = k == 64 ? u64.MAX_VALUE : ((<u64>1) << <u64>k) - 1;
  const half = (<u64>1) << <u64>(k - 1);
  for (let i: usize = 0; i < <usize>n << 3; i += 8) {
    const word = load<u64>(b + i) & low;
    let sum = (lead ? word - half : 0) - load<u64>(mask + i);
    for (let j = 0; j < k; j++) {
      const sign = 0 - ((word >> <u64>j) & 1);
      const scaled = load<u64>(d) << <u64>j;
      sum += (scaled ^ sign) - sign;
      d += 8;
    }
    store<u64>(out + i, sum);
  }
}

/** out bytes = words mod p: uniform words give residues within 2^-57 of uniform for p < 128. */
export function residues(words: usize, out: usize, count: i32, p: u32): void {
  for (let i = 0; i < count; i++) store<u8>(out + i, <u8>(load<u64>(words + (<usize>i << 3)) % p));
}

/** Bits of r = u + w - z below `bits`, as bytes [n, bits], minus epsilon modulo p. */
export function dealLowBits(z: usize, u: usize, w: usize, epsilon: usize, out: usize, n: i32, bits: i32, p: u32): void {
  for (let i: usize = 0; i < <usize>n << 3; i += 8) {
    let r = load<u64>(u + i) + load<u64>(w + i) - load<u64>(z + i);
    for (let j = 0; j < bits; j++) {
      store<u8>(out, <u8>((<u32>(r & 1) + p - load<u8>(epsilon)) % p));
      r >>= 1;
      out++;
      epsilon++;
    }
  }
}

/**
 * An evaluator's part of SecureNN's comparison of x = r mod 2^bits, given as parts `xs` [n, bits] of its bits modulo p,
 * with the opened t = (mine + theirs) mod 2^bits: a row of bits + 1 residues, blinded by nonzero factors and rotated, in
 * which exactly one sum of both parts is 0 if (flip = 0) x > t, (flip = 1) x <= t, and none else.
 */
export function compareRows(
  mine: usize, theirs: usize, xs: usize, flip: usize, rotation: usize, factors: usize, out: usize,
  n: i32, bits: i32, p: u32, lead: i32,
): void {
  const width = bits + 1;
  const one: u32 = lead ? 1 : 0;
  for (let i: usize = 0; i < <usize>n << 3; i += 8) {
    const flipped = <u32>(load<u64>(flip + i) & 1);
    const t = ((load<u64>(mine + i) + load<u64>(theirs + i)) & ((<u64>1 << <u64>bits) - 1)) + <u64>flipped;
    let at = <i32>(load<u64>(rotation + i) % <u64>width);
    let above: u32 = 0;
    for (let j = bits; j >= 0; j--) {
      const tBit = <u32>(t >> <u64>j) & 1;
      const x: u32 = j < bits ? load<u8>(xs + j) : 0;
      // flip = 0: t - x + 1 + above; flip = 1: x - t + 1 + above; public terms once, by the lead.
      const publicBit = one * tBit;
      const difference = flipped ? x + p - publicBit : publicBit + p - x;
      store<u8>(out + at, <u8>(((difference + one + above) * (1 + load<u8>(factors + at))) % p));
      above = (above + (tBit ? one + p - x : x)) % p;
      at = at + 1 == width ? 0 : at + 1;
    }
    xs += bits;
    factors += width;
    out += width;
  }
}

/** out word = 1 where a row of x + y modulo p holds a zero, else 0. */
export function rowHasZero(x: usize, y: usize, out: usize, n: i32, width: i32, p: u32): void {
  for (let i = 0; i < n; i++) {
    let found: u64 = 0;
    for (let j = 0; j < width; j++) found |= <u64>((<u32>load<u8>(x + j) + load<u8>(y + j)) % p == 0);
    store<u64>(out + (<usize>i << 3), found);
    x += width;
    y += width;
  }
}

/** part -= this evaluator's part of flip xor beta, for parts of the bit beta; flip is public to both evaluators. */
export function subtractFlipped(part: usize, flip: usize, beta: usize, n: i32, lead: i32): void {
  for (let i: usize = 0; i < <usize>n << 3; i += 8) {
    const flipped = load<u64>(flip + i) & 1;
    const sign = 0 - flipped;
    const signed = (load<u64>(beta + i) ^ sign) - sign;
    store<u64>(part + i, load<u64>(part + i) - signed - (lead ? flipped : 0));
  }
}
