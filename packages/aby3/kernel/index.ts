// Kernels of the truncation and random-bit protocols, over 64-bit words at byte pointers; n counts words.

const low63: u64 = 0x7fffffffffffffff;

/** The dealer's correction words: floor(r mod 2^63 / 2^bits) - rho, then (r >> 63) - beta, for r = u + a - z. */
export function deal(z: usize, u: usize, a: usize, rho: usize, beta: usize, out: usize, n: i32, bits: i32): void {
  const mask = v128.splat<u64>(low63);
  const msb = out + (<usize>n << 3);
  const end = <usize>n << 3;
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const r = v128.sub<u64>(v128.add<u64>(v128.load(u + i), v128.load(a + i)), v128.load(z + i));
    v128.store(out + i, v128.sub<u64>(v128.shr<u64>(v128.and(r, mask), bits), v128.load(rho + i)));
    v128.store(msb + i, v128.sub<u64>(v128.shr<u64>(r, 63), v128.load(beta + i)));
  }
  for (; i < end; i += 8) {
    const r = load<u64>(u + i) + load<u64>(a + i) - load<u64>(z + i);
    store<u64>(out + i, ((r & low63) >> <u64>bits) - load<u64>(rho + i));
    store<u64>(msb + i, (r >> 63) - load<u64>(beta + i));
  }
}

/**
 * An evaluator's part of the truncated value: (1 - 2s) 2^(63-bits) beta - rho - mask, where s is the top bit of the
 * opened c; with `lead`, plus the public part floor(c mod 2^63 / 2^bits) + s 2^(63-bits) - 2^(62-bits).
 */
export function fold(c: usize, rho: usize, beta: usize, mask: usize, out: usize, n: i32, bits: i32, lead: i32): void {
  const offset = v128.splat<u64>((<u64>1) << <u64>(62 - bits));
  const low = v128.splat<u64>(low63);
  const all = v128.splat<u64>(lead ? u64.MAX_VALUE : 0);
  const end = <usize>n << 3;
  for (let i: usize = 0; i < end; i += 16) {
    // An odd last word is read and written together with the padding every block has.
    const word = v128.load(c + i);
    const s = v128.shr<u64>(word, 63);
    const sign = v128.neg<i64>(s);
    const scaled = v128.shl<u64>(v128.load(beta + i), 63 - bits);
    const signed = v128.add<u64>(v128.xor(scaled, sign), s);
    const open = v128.sub<u64>(
      v128.add<u64>(v128.shr<u64>(v128.and(word, low), bits), v128.shl<u64>(s, 63 - bits)),
      offset,
    );
    const share = v128.sub<u64>(v128.sub<u64>(signed, v128.load(rho + i)), v128.load(mask + i));
    v128.store(out + i, v128.add<u64>(share, v128.and(open, all)));
  }
}
