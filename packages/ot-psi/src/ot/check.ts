/**
 * The consistency check of Keller, Orsini, Scholl ("Actively Secure OT Extension with Optimal Overhead", CRYPTO 2015, figure 7): a receiver that
 * uses other choices in some columns than in others is found out, for it would learn bits of delta. With weights chi_i that are hashed from
 * its message, it tells the sums of chi_i r_i and of chi_i t_i, and the sender compares: sum chi_i q_i = sum chi_i t_i + delta sum chi_i r_i.
 * 168 further OTs of random choices hide its own in the sums (figure 7: kappa + sigma).
 *
 * What is claimed: a receiver whose columns differ passes only by guessing the bits of delta in the columns that differ, but for 2^-128
 * per message it tries. The proof of KOS15 has a gap that Roy found ("SoftSpokenOT", CRYPTO 2022, section 4), and the base OTs are
 * semi-honest: no claim of malicious security is made for the whole.
 */
import { blake3 } from '@noble/hashes/blake3.js';
import { memory, Prg, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';

/** OTs that hide the receiver's choices in the sums. */
export const hidingOts = 168;
const blockBytes = 16;
/** Bytes of both sums. */
export const proofBytes = 2 * blockBytes;

/** The weights of `n` rows, [n, 2], from the receiver's message. */
const weights = (message: Uint8Array, n: number): Tensor => {
  const out = Tensor.empty([n, 2]);
  new Prg(blake3(message, { dkLen: blockBytes })).fill(0, 0, 0, out);
  return out;
};

/** The receiver's sums: 32 bytes. `choices`: a bit a row. */
export const prove = (message: Uint8Array, choices: Tensor, rows: Tensor): Uint8Array => {
  const n = rows.size / 2;
  const chi = weights(message, n);
  const sums = Tensor.empty([2, 2]);
  kernels().sumChosen(chi.ptr, choices.ptr, n, sums.ptr);
  kernels().gfDot(chi.ptr, rows.ptr, n, sums.ptr + blockBytes);
  const bytes = sums.toBytes();
  chi.dispose();
  sums.dispose();
  return bytes;
};

/** Whether the sums fit the sender's rows. */
export const verify = (message: Uint8Array, proof: Uint8Array, delta: Uint8Array, rows: Tensor): boolean => {
  const n = rows.size / 2;
  const chi = weights(message, n);
  const said = Tensor.fromBytes([2, 2], proof);
  const own = Tensor.empty([3, 2]);
  memory.u8().set(delta, own.ptr + 2 * blockBytes);
  kernels().gfDot(chi.ptr, rows.ptr, n, own.ptr);
  kernels().gfDot(said.ptr, own.ptr + 2 * blockBytes, 1, own.ptr + blockBytes);
  // sum chi q + delta sum chi r + sum chi t is zero.
  kernels().addSum(own.ptr, 2, said.ptr + blockBytes);
  const rest = said.toBytes().subarray(blockBytes);
  for (const tensor of [chi, said, own]) tensor.dispose();
  return rest.reduce((all, byte) => all | byte, 0) === 0;
};
