import { Prg, Tensor } from '@triad/ring';

/** Random words drawn at a time. */
const batch = 2 ** 13;

/**
 * A uniform permutation of 0 to n - 1, drawn from the streams (i, 0, 0) of a 16-byte key: exchanges (Fisher, Yates; Durstenfeld) by random
 * numbers cut to the bits of the largest one wanted, and left out if above it, so that every permutation is as likely.
 */
export const randomPermutation = (n: number, key: Uint8Array): Uint32Array => {
  const out = new Uint32Array(n);
  for (let i = 0; i < n; i++) out[i] = i;
  const prg = new Prg(key);
  const words = Tensor.empty([batch]);
  let last = n - 1;
  for (let stream = 0; last > 0; stream++) {
    prg.fill(stream, 0, 0, words);
    last = exchange(out, last, new Uint32Array(words.toBytes().buffer));
  }
  words.dispose();
  return out;
};

/** Settles places from `last` downwards as far as the numbers last; returns the next place. */
const exchange = (out: Uint32Array, last: number, numbers: Uint32Array): number => {
  let i = last;
  for (let at = 0; at < numbers.length && i > 0; at++) {
    const j = numbers[at]! >>> Math.clz32(i);
    if (j > i) continue;
    const chosen = out[j]!;
    out[j] = out[i]!;
    out[i] = chosen;
    i--;
  }
  return i;
};
