// Kernels of the comparison protocol. Bits live in tiles of 128 lanes: plane j of a tile is a v128 whose bit i is bit j of
// element i. A tile of words is 64 planes one after the other; n counts elements, tiles are ceil(n / 128), and the lanes
// beyond n are compared like the others and not used. Monomials of bits are numbered by the set of their factors, bit s
// of the number standing for factor s; an xor share of the empty monomial is all ones at the party that leads, else 0.

const lanes: i32 = 128;
const tileBytes: usize = 1024;
/** Monomials of 15 chunks of 4 bits and of one of 3. */
const leafPlanes: usize = 232;
/** The inner nodes' openings and monomials: the lowest of the 4 nodes of the first level needs no propagate. */
const openings1: usize = 27;
const openings2: usize = 6;
const monomials1: usize = 81;
const monomials2: usize = 15;
const nodeOpenings: usize = 6;
const nodeMonomials: usize = 15;
const propagateMonomials: usize = 7;
/** What an evaluator keeps of a tile: the top generate of each node, then the top bits of its words. */
const keptPlanes: usize = 5;

// @ts-ignore: decorator
@inline
function plane(base: usize, k: usize): v128 {
  return v128.load(base + (k << 4));
}

// @ts-ignore: decorator
@inline
function setPlane(base: usize, k: usize, value: v128): void {
  v128.store(base + (k << 4), value);
}

// @ts-ignore: decorator
@inline
function maskPlane(base: usize, k: usize, value: v128): void {
  const at = base + (k << 4);
  v128.store(at, v128.xor(v128.load(at), value));
}

// @ts-ignore: decorator
@inline
function ones(lead: i32): v128 {
  return v128.splat<i64>(lead ? -1 : 0);
}

/** One level of the transposition: the upper half of every 2 `shift` bits of row i changes places with the lower half of row i + shift. */
// @ts-ignore: decorator
@inline
function butterflies(tile: usize, shift: i32, mask: u64): void {
  const low = v128.splat<u64>(mask);
  const step = <usize>shift << 4;
  for (let base: usize = 0; base < tileBytes; base += step << 1) {
    for (let at = tile + base, end = at + step; at < end; at += 16) {
      const x = v128.load(at);
      const y = v128.load(at + step);
      const t = v128.and(v128.xor(v128.shr<u64>(x, shift), y), low);
      v128.store(at, v128.xor(x, v128.shl<u64>(t, shift)));
      v128.store(at + step, v128.xor(y, t));
    }
  }
}

/** Both 64 x 64 halves of a tile, in place: Warren, Hacker's Delight, section 7-3. */
function transpose(tile: usize): void {
  butterflies(tile, 32, 0x00000000ffffffff);
  butterflies(tile, 16, 0x0000ffff0000ffff);
  butterflies(tile, 8, 0x00ff00ff00ff00ff);
  butterflies(tile, 4, 0x0f0f0f0f0f0f0f0f);
  butterflies(tile, 2, 0x3333333333333333);
  butterflies(tile, 1, 0x5555555555555555);
}

/** The planes of x + y of up to 128 words. */
function sumPlanes(x: usize, y: usize, count: i32, tile: usize): void {
  if (count >= lanes) {
    for (let i: usize = 0; i < 512; i += 8) {
      const low = load<u64>(x + i) + load<u64>(y + i);
      const high = load<u64>(x + i, 512) + load<u64>(y + i, 512);
      v128.store(tile + (i << 1), i64x2.replace_lane(i64x2.splat(low), 1, high));
    }
  } else {
    memory.fill(tile, 0, tileBytes);
    for (let i = 0; i < count; i++) {
      const at = tile + (<usize>(i & 63) << 4) + (<usize>(i >> 6) << 3);
      store<u64>(at, load<u64>(x + (<usize>i << 3)) + load<u64>(y + (<usize>i << 3)));
    }
  }
  transpose(tile);
}

/** The planes of x - t of up to 128 words. */
function shiftedPlanes(x: usize, t: u64, count: i32, tile: usize): void {
  if (count >= lanes) {
    for (let i: usize = 0; i < 512; i += 8) {
      const low = load<u64>(x + i) - t;
      const high = load<u64>(x + i, 512) - t;
      v128.store(tile + (i << 1), i64x2.replace_lane(i64x2.splat(low), 1, high));
    }
  } else {
    memory.fill(tile, 0, tileBytes);
    for (let i = 0; i < count; i++) {
      const at = tile + (<usize>(i & 63) << 4) + (<usize>(i >> 6) << 3);
      store<u64>(at, load<u64>(x + (<usize>i << 3)) - t);
    }
  }
  transpose(tile);
}

/** Adds the 7 monomials of three bits to the shares at `out`, every `stride` of them. */
// @ts-ignore: decorator
@inline
function maskTriple(out: usize, stride: usize, a: v128, b: v128, c: v128): void {
  const ab = v128.and(a, b);
  maskPlane(out, 0, a);
  maskPlane(out, stride, b);
  maskPlane(out, 2 * stride, ab);
  maskPlane(out, 3 * stride, c);
  maskPlane(out, 4 * stride, v128.and(a, c));
  maskPlane(out, 5 * stride, v128.and(b, c));
  maskPlane(out, 6 * stride, v128.and(ab, c));
}

/** Adds the 15 monomials of four bits to the shares at `out`. */
// @ts-ignore: decorator
@inline
function maskQuadruple(out: usize, a: v128, b: v128, c: v128, d: v128): void {
  maskPlane(out, 0, a);
  maskTriple(out + 16, 2, b, c, d);
  maskTriple(out + 32, 2, v128.and(a, b), v128.and(a, c), v128.and(a, d));
}

/**
 * Adds the monomials of a node's opening masks to the shares at `out`: u xor w are the masks of p3, g2, p2, g1, p1, g0 and, with
 * `propagates`, p0. What a node multiplies are chains of p3, p2, p1, and each of g2, g1, g0, p0 with those above it.
 */
// @ts-ignore: decorator
@inline
function maskNode(out: usize, u: usize, w: usize, propagates: bool): void {
  const p3 = v128.xor(plane(u, 0), plane(w, 0));
  const g2 = v128.xor(plane(u, 1), plane(w, 1));
  const p2 = v128.xor(plane(u, 2), plane(w, 2));
  const g1 = v128.xor(plane(u, 3), plane(w, 3));
  const p1 = v128.xor(plane(u, 4), plane(w, 4));
  const g0 = v128.xor(plane(u, 5), plane(w, 5));
  const p12 = v128.and(p1, p2);
  const p23 = v128.and(p2, p3);
  maskPlane(out, 0, p12);
  maskPlane(out, 1, v128.and(p1, p3));
  maskPlane(out, 2, p23);
  maskPlane(out, 3, v128.and(p12, p3));
  maskTriple(out + 64, 1, v128.and(g0, p1), v128.and(g0, p2), v128.and(g0, p3));
  maskPlane(out, 11, v128.and(g1, p2));
  maskPlane(out, 12, v128.and(g1, p3));
  maskPlane(out, 13, v128.and(g1, p23));
  maskPlane(out, 14, v128.and(g2, p3));
  if (propagates) {
    const p0 = v128.xor(plane(u, 6), plane(w, 6));
    maskTriple(out + 240, 1, v128.and(p0, p1), v128.and(p0, p2), v128.and(p0, p3));
  }
}

/** The dealer's xor shares of the leaves of x + y [n]: adds each chunk's monomials to the stream at `dealt`. */
export function dealLeaves(x: usize, y: usize, dealt: usize, tile: usize, n: i32): void {
  for (let i = 0; i < n; i += lanes) {
    const at = <usize>i << 3;
    sumPlanes(x + at, y + at, n - i, tile);
    for (let c: usize = 0; c < 60; c += 4) {
      maskQuadruple(dealt, plane(tile, c), plane(tile, c + 1), plane(tile, c + 2), plane(tile, c + 3));
      dealt += 240;
    }
    maskTriple(dealt, 1, plane(tile, 60), plane(tile, 61), plane(tile, 62));
    dealt += 112;
  }
}

/** Adds the monomials of the first level's masks to the stream at `dealt`, for so many tiles. */
export function dealFirst(u: usize, w: usize, dealt: usize, tiles: i32): void {
  for (let t = 0; t < tiles; t++) {
    maskNode(dealt, u, w, false);
    let at = nodeOpenings << 4;
    let out = dealt + (nodeMonomials << 4);
    for (let m = 1; m < 4; m++) {
      maskNode(out, u + at, w + at, true);
      at += (nodeOpenings + 1) << 4;
      out += (nodeMonomials + propagateMonomials) << 4;
    }
    u += openings1 << 4;
    w += openings1 << 4;
    dealt += monomials1 << 4;
  }
}

/** Adds the monomials of the last node's masks to the stream at `dealt`, for so many tiles. */
export function dealLast(u: usize, w: usize, dealt: usize, tiles: i32): void {
  for (let t = 0; t < tiles; t++) {
    maskNode(dealt, u, w, false);
    u += openings2 << 4;
    w += openings2 << 4;
    dealt += monomials2 << 4;
  }
}

/** Makes of the stream at `dealt` additive shares of the bits (u xor w) xor top bit of x + y, for n elements. */
export function dealTops(x: usize, y: usize, u: usize, w: usize, dealt: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const at = <usize>i << 3;
    const word = <usize>(i >> 6) << 3;
    const mask = (load<u64>(u + word) ^ load<u64>(w + word)) >> <u64>(i & 63);
    const top = (load<u64>(x + at) + load<u64>(y + at)) >> 63;
    store<u64>(dealt + at, ((mask & 1) ^ top) - load<u64>(dealt + at));
  }
}

/** What a chunk's monomials e of its upper three bits, and what is generated below them, come to: stores propagate, generate. */
// @ts-ignore: decorator
@inline
function foldTriple(
  out: usize, b: usize, m: usize, stride: usize,
  e0: v128, e1: v128, e2: v128, e3: v128, e4: v128, e5: v128, e6: v128, e7: v128,
  f0: v128, f1: v128, f2: v128, f3: v128, f4: v128, f5: v128, f6: v128, f7: v128,
): void {
  let bit = v128.load(b);
  e0 = v128.xor(e1, v128.and(bit, e0));
  e2 = v128.xor(e3, v128.and(bit, e2));
  e4 = v128.xor(e5, v128.and(bit, e4));
  e6 = v128.xor(e7, v128.and(bit, e6));
  f0 = v128.xor(f1, v128.and(bit, v128.xor(plane(m, 0), f0)));
  f2 = v128.xor(f3, v128.and(bit, v128.xor(plane(m, 2 * stride), f2)));
  f4 = v128.xor(f5, v128.and(bit, v128.xor(plane(m, 4 * stride), f4)));
  f6 = v128.xor(f7, v128.and(bit, v128.xor(plane(m, 6 * stride), f6)));
  bit = v128.load(b, 16);
  e0 = v128.xor(e2, v128.and(bit, e0));
  e4 = v128.xor(e6, v128.and(bit, e4));
  f0 = v128.xor(f2, v128.and(bit, v128.xor(plane(m, stride), f0)));
  f4 = v128.xor(f6, v128.and(bit, v128.xor(plane(m, 5 * stride), f4)));
  bit = v128.load(b, 32);
  v128.store(out, v128.xor(e4, v128.and(bit, e0)));
  v128.store(out, v128.xor(f4, v128.and(bit, v128.xor(plane(m, 3 * stride), f0))), 16);
}

/** Propagate and generate of four bits: shares m of the monomials of a, and the planes b. */
// @ts-ignore: decorator
@inline
function foldQuadruple(out: usize, b: usize, m: usize, one: v128): void {
  const bit = v128.load(b);
  const m0 = plane(m, 0);
  const m2 = plane(m, 2);
  const m4 = plane(m, 4);
  const m6 = plane(m, 6);
  const m8 = plane(m, 8);
  const m10 = plane(m, 10);
  const m12 = plane(m, 12);
  const m14 = plane(m, 14);
  foldTriple(
    out, b + 16, m + 16, 2,
    v128.xor(m0, v128.and(bit, one)),
    v128.xor(m2, v128.and(bit, plane(m, 1))),
    v128.xor(m4, v128.and(bit, plane(m, 3))),
    v128.xor(m6, v128.and(bit, plane(m, 5))),
    v128.xor(m8, v128.and(bit, plane(m, 7))),
    v128.xor(m10, v128.and(bit, plane(m, 9))),
    v128.xor(m12, v128.and(bit, plane(m, 11))),
    v128.xor(m14, v128.and(bit, plane(m, 13))),
    v128.and(bit, m0), v128.and(bit, m2), v128.and(bit, m4), v128.and(bit, m6),
    v128.and(bit, m8), v128.and(bit, m10), v128.and(bit, m12), v128.and(bit, m14),
  );
}

/**
 * An evaluator's first opening for words x [n] minus t: propagate and generate of each chunk, under `masks`. Keeps the top generate
 * of each node and, with `lead`, the top bits of x - t. `scratch` holds a tile and 16 pairs of planes.
 */
export function openFirst(
  x: usize, t: u64, leaves: usize, masks: usize, out: usize, kept: usize, scratch: usize, n: i32, lead: i32,
): void {
  const one = ones(lead);
  const zero = ones(0);
  const pairs = scratch + tileBytes;
  for (let i = 0; i < n; i += lanes) {
    shiftedPlanes(x + (<usize>i << 3), t, n - i, scratch);
    for (let c: usize = 0; c < 15; c++) foldQuadruple(pairs + (c << 5), scratch + (c << 6), leaves + c * 240, one);
    const m = leaves + 15 * 240;
    foldTriple(
      pairs + (15 << 5), scratch + (60 << 4), m, 1,
      one, plane(m, 0), plane(m, 1), plane(m, 2), plane(m, 3), plane(m, 4), plane(m, 5), plane(m, 6),
      zero, zero, zero, zero, zero, zero, zero, zero,
    );
    openNode(pairs, masks, out, false);
    let at = nodeOpenings << 4;
    for (let k: usize = 1; k < 4; k++) {
      openNode(pairs + (k << 7), masks + at, out + at, true);
      at += (nodeOpenings + 1) << 4;
    }
    for (let k: usize = 0; k < 4; k++) setPlane(kept, k, plane(pairs, (k << 3) + 7));
    setPlane(kept, 4, v128.and(plane(scratch, 63), one));
    leaves += leafPlanes << 4;
    masks += openings1 << 4;
    out += openings1 << 4;
    kept += keptPlanes << 4;
  }
}

/** Masks what a node multiplies, of its children's pairs of propagate and generate, lowest child first. */
// @ts-ignore: decorator
@inline
function openNode(pairs: usize, masks: usize, out: usize, propagates: bool): void {
  setPlane(out, 0, v128.xor(plane(pairs, 6), plane(masks, 0)));
  setPlane(out, 1, v128.xor(plane(pairs, 5), plane(masks, 1)));
  setPlane(out, 2, v128.xor(plane(pairs, 4), plane(masks, 2)));
  setPlane(out, 3, v128.xor(plane(pairs, 3), plane(masks, 3)));
  setPlane(out, 4, v128.xor(plane(pairs, 2), plane(masks, 4)));
  setPlane(out, 5, v128.xor(plane(pairs, 1), plane(masks, 5)));
  if (propagates) setPlane(out, 6, v128.xor(plane(pairs, 0), plane(masks, 6)));
}

/** Opened plane k: both parties' halves. */
// @ts-ignore: decorator
@inline
function opened(mine: usize, theirs: usize, k: usize): v128 {
  return v128.xor(plane(mine, k), plane(theirs, k));
}

/** What is opened as d, times the monomial share a, plus the share b of its mask times that monomial. */
// @ts-ignore: decorator
@inline
function times(d: v128, a: v128, b: v128): v128 {
  return v128.xor(v128.and(d, a), b);
}

/** The share of a node's generate g3 + p3 (g2 + p2 (g1 + p1 g0)). */
// @ts-ignore: decorator
@inline
function generate(mine: usize, theirs: usize, r: usize, m: usize, g3: v128, one: v128): v128 {
  const d1 = opened(mine, theirs, 4);
  const d2 = opened(mine, theirs, 2);
  const d3 = opened(mine, theirs, 0);
  let d = opened(mine, theirs, 5);
  const r2 = plane(r, 2);
  const r3 = plane(r, 0);
  const r23 = plane(m, 2);
  let h0 = times(d, one, plane(r, 5));
  let h2 = times(d, r2, plane(m, 5));
  let h4 = times(d, r3, plane(m, 7));
  let h6 = times(d, r23, plane(m, 9));
  h0 = times(d1, h0, times(d, plane(r, 4), plane(m, 4)));
  h2 = times(d1, h2, times(d, plane(m, 0), plane(m, 6)));
  h4 = times(d1, h4, times(d, plane(m, 1), plane(m, 8)));
  h6 = times(d1, h6, times(d, plane(m, 3), plane(m, 10)));
  d = opened(mine, theirs, 3);
  h0 = v128.xor(h0, times(d, one, plane(r, 3)));
  h2 = v128.xor(h2, times(d, r2, plane(m, 11)));
  h4 = v128.xor(h4, times(d, r3, plane(m, 12)));
  h6 = v128.xor(h6, times(d, r23, plane(m, 13)));
  h0 = times(d2, h0, h2);
  h4 = times(d2, h4, h6);
  d = opened(mine, theirs, 1);
  h0 = v128.xor(h0, times(d, one, plane(r, 1)));
  h4 = v128.xor(h4, times(d, r3, plane(m, 14)));
  return v128.xor(times(d3, h0, h4), g3);
}

/** The share of a node's propagate p3 p2 p1 p0. */
// @ts-ignore: decorator
@inline
function propagate(mine: usize, theirs: usize, r: usize, m: usize, one: v128): v128 {
  const d1 = opened(mine, theirs, 4);
  const d2 = opened(mine, theirs, 2);
  const d3 = opened(mine, theirs, 0);
  const d = opened(mine, theirs, 6);
  const h0 = times(d1, times(d, one, plane(r, 6)), times(d, plane(r, 4), plane(m, 15)));
  const h2 = times(d1, times(d, plane(r, 2), plane(m, 16)), times(d, plane(m, 0), plane(m, 17)));
  const h4 = times(d1, times(d, plane(r, 0), plane(m, 18)), times(d, plane(m, 1), plane(m, 19)));
  const h6 = times(d1, times(d, plane(m, 2), plane(m, 20)), times(d, plane(m, 3), plane(m, 21)));
  return times(d3, times(d2, h0, h2), times(d2, h4, h6));
}

/**
 * The second opening: the four nodes' results under `masks`. `r` are this party's shares of the first opening's masks, `m` of their
 * monomials. Keeps the generate of the top node.
 */
export function openLast(
  mine: usize, theirs: usize, r: usize, m: usize, masks: usize, out: usize, kept: usize, scratch: usize,
  tiles: i32, lead: i32,
): void {
  const one = ones(lead);
  for (let t = 0; t < tiles; t++) {
    setPlane(scratch, 1, generate(mine, theirs, r, m, plane(kept, 0), one));
    let at = nodeOpenings << 4;
    let monomials = m + (nodeMonomials << 4);
    for (let k: usize = 1; k < 4; k++) {
      const pair = scratch + (k << 5);
      setPlane(pair, 0, propagate(mine + at, theirs + at, r + at, monomials, one));
      setPlane(pair, 1, generate(mine + at, theirs + at, r + at, monomials, plane(kept, k), one));
      at += (nodeOpenings + 1) << 4;
      monomials += (nodeMonomials + propagateMonomials) << 4;
    }
    openNode(scratch, masks, out, false);
    setPlane(kept, 3, plane(scratch, 7));
    mine += openings1 << 4;
    theirs += openings1 << 4;
    r += openings1 << 4;
    m += monomials1 << 4;
    masks += openings2 << 4;
    out += openings2 << 4;
    kept += keptPlanes << 4;
  }
}

/** The third opening: carry xor top bit of x - t, under `masks`. */
export function openTop(
  mine: usize, theirs: usize, r: usize, m: usize, masks: usize, out: usize, kept: usize, tiles: i32, lead: i32,
): void {
  const one = ones(lead);
  for (let t = 0; t < tiles; t++) {
    const carry = generate(mine, theirs, r, m, plane(kept, 3), one);
    setPlane(out, 0, v128.xor(v128.xor(carry, plane(kept, 4)), plane(masks, 0)));
    mine += openings2 << 4;
    theirs += openings2 << 4;
    r += openings2 << 4;
    m += monomials2 << 4;
    masks += 16;
    out += 16;
    kept += keptPlanes << 4;
  }
}

/** Additive shares of the opened bits xor those bits that `rho` [n] are additive shares of. */
export function flipTops(mine: usize, theirs: usize, rho: usize, out: usize, n: i32, lead: i32): void {
  for (let i = 0; i < n; i++) {
    const at = <usize>i << 3;
    const word = <usize>(i >> 6) << 3;
    const bit = ((load<u64>(mine + word) ^ load<u64>(theirs + word)) >> <u64>(i & 63)) & 1;
    const sign = 0 - bit;
    store<u64>(out + at, (load<u64>(rho + at) ^ sign) - sign + (lead ? bit : 0));
  }
}
