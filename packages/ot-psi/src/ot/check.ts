/**
 * The consistency check of Keller, Orsini, Scholl ("Actively Secure OT Extension with Optimal Overhead", eprint 2015/546, version of 2022, figure 10),
 * as Roy proved it ("SoftSpokenOT", CRYPTO 2022, eprint 2022/192, section 4): a receiver that uses other choices in some columns than in others is
 * found out, for it would learn bits of delta. A column of m blocks is hashed to the sum of chi_i times block i over GF(2^128), where the
 * chi_i are a stream keyed by SHA-256 of the receiver's message, and the last one is 1. The receiver tells the hash of its choices and those of its columns
 * t_j; the sender compares: hash(q_j) = hash(t_j) + delta_j hash(choices). The last 128 OTs have random choices, which hide the others.
 *
 * What is claimed, with SHA-256 as a random oracle: let column j carry the choices r_j. Different ones have one hash with probability 2^-128, so but
 * for 2^-115 per message that a receiver tries, all columns with the hash it told carry the same choices. Each other column passes for one value of its bit
 * of delta alone: c of them pass with probability 2^-c, and the receiver has then learnt those c bits. So whoever failed once must never
 * meet the same delta again. The check of the first version (a sum over rows) does not give this: its proof has a gap that Roy found.
 * The base OTs are semi-honest: no claim of malicious security is made for the whole.
 */
import { Prg, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { sha256 } from './sha256.js';

/** OTs that hide the receiver's choices in their hash: the last block of all columns. */
export const hidingOts = 128;
const blockBytes = 16;
const blockBits = 128;
const planeBytes = blockBits * blockBytes;
/** Bytes of the hashes: that of the choices; then, bit by bit, those of the columns. */
export const proofBytes = blockBytes + planeBytes;

/** The weights of `m` blocks, [m, 2], from the receiver's message. */
const weights = (message: Uint8Array, m: number): Tensor => {
  const out = Tensor.empty([m, 2]);
  new Prg(sha256(message).subarray(0, blockBytes)).fill(0, 0, 0, out);
  const last = out.bytes().subarray((m - 1) * blockBytes);
  last.fill(0);
  last[0] = 1;
  return out;
};

/** Row b of the result has bit b of the hashes of all 128 columns. */
const hashColumns = (chi: Tensor, rows: Tensor): Uint8Array => {
  const sums = Tensor.empty([2 * blockBits - 1, 2]);
  kernels().dotColumns(chi.ptr, rows.ptr, chi.size / 2, sums.ptr);
  const planes = sums.bytes().slice(0, planeBytes);
  sums.dispose();
  return planes;
};

/** The receiver's hashes. `choices`: a bit a row. */
export const prove = (message: Uint8Array, choices: Tensor, rows: Tensor): Uint8Array => {
  const m = rows.size / 2 / blockBits;
  const chi = weights(message, m);
  const hash = Tensor.empty([1, 2]);
  kernels().gfDot(chi.ptr, choices.ptr, m, hash.ptr);
  const proof = new Uint8Array(proofBytes);
  proof.set(hash.bytes());
  proof.set(hashColumns(chi, rows), blockBytes);
  chi.dispose();
  hash.dispose();
  return proof;
};

/** Whether the hashes fit the sender's rows: looks at every bit, whatever delta is. */
export const verify = (message: Uint8Array, proof: Uint8Array, delta: Uint8Array, rows: Tensor): boolean => {
  const chi = weights(message, rows.size / 2 / blockBits);
  const own = hashColumns(chi, rows);
  chi.dispose();
  let wrong = 0;
  for (let i = 0; i < planeBytes; i++) {
    const plane = i >> 4;
    const bit = (proof[plane >> 3]! >> (plane & 7)) & 1;
    wrong |= own[i]! ^ proof[blockBytes + i]! ^ (delta[i & 15]! & -bit);
  }
  return wrong === 0;
};
