/**
 * Extension of oblivious transfers (Ishai, Kilian, Nissim, Petrank, "Extending Oblivious Transfers Efficiently", CRYPTO 2003): 128 base OTs in
 * the other direction make any number of random OTs of 16-byte messages.
 *
 *     receiver, choice bits r; keys k_j0, k_j1             sender: secret bits delta; keys k_j,delta_j
 *     column j: t_j = G(k_j0)
 *                          -- u_j = t_j + G(k_j1) + r -->   q_j = G(k_j,delta_j) + delta_j u_j
 *     message i: H(i, row i of t)                           messages i: H(i, q_i), H(i, q_i + delta)
 *
 * since t_i = q_i + r_i delta. H(i, x) = pi(pi(x) + i) + pi(x) with AES under a key drawn jointly for the run as pi (Guo, Katz, Wang,
 * Yu, "Efficient and Secure Multiparty Computation from Fixed-Key Block Ciphers", IEEE S&P 2020, section 7.4).
 *
 * Semi-honest: the sender sees u, masked by streams of which it knows one each, and learns nothing of r; the receiver sees
 * nothing, and its other messages are H of rows it misses by delta. Streams are addressed by the op, so the keys of one session serve any number of
 * runs. `correlated.ts` has the rows themselves, `check.ts` a check of the receiver.
 */
import { Aes, memory, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { OtPairs } from './base-ot.js';
import { type ExtensionOptions, receiveRows, sendRows } from './correlated.js';
import type { OtLink } from './exchange.js';
import type { ReceiverSeeds, SenderSeeds } from './seeds.js';

const blockBytes = 16;

/** `count` random OTs: all messages m_i0, and all m_i1, 16 bytes each. */
export const sendRandomOt = async (
  link: OtLink,
  seeds: SenderSeeds,
  count: number,
  options: ExtensionOptions = {},
): Promise<OtPairs> => {
  const hash = new RowHash(link);
  const pairs = [new Uint8Array(count * blockBytes), new Uint8Array(count * blockBytes)] as const;
  const delta = Tensor.fromBytes([1, 2], seeds.delta);
  try {
    for await (const { first, ots, rows } of sendRows(link, seeds, count, options)) {
      const part = (messages: Uint8Array) =>
        messages.subarray(first * blockBytes, (first + ots) * blockBytes);
      hash.write(rows, first, part(pairs[0]));
      kernels().addToEach(rows.ptr, delta.ptr, rows.ptr, ots);
      hash.write(rows, first, part(pairs[1]));
      rows.dispose();
    }
  } finally {
    delta.dispose();
  }
  return pairs;
};

/** Random OTs, one for each choice (a byte of 0 or 1): the chosen messages, 16 bytes each. */
export const receiveRandomOt = async (
  link: OtLink,
  seeds: ReceiverSeeds,
  choices: Uint8Array,
  options: ExtensionOptions = {},
): Promise<Uint8Array> => {
  const hash = new RowHash(link);
  const messages = new Uint8Array(choices.length * blockBytes);
  for (const { first, ots, rows } of receiveRows(link, seeds, choices, options)) {
    hash.write(rows, first, messages.subarray(first * blockBytes, (first + ots) * blockBytes));
    rows.dispose();
  }
  return messages;
};

/** H of one run. */
class RowHash {
  readonly #pi: Aes;

  constructor({ session, op }: OtLink) {
    const key = Tensor.empty([2]);
    op.draw(session.common, key);
    this.#pi = new Aes(key.toBytes());
    key.dispose();
  }

  /** H of rows, which are numbered from `first` on, as many as `out` has room for. */
  write(rows: Tensor, first: number, out: Uint8Array): void {
    const n = out.length / blockBytes;
    const once = Tensor.empty([n, 2]);
    const twice = Tensor.empty([n, 2]);
    this.#pi.encrypt(rows.ptr, once.ptr, n);
    kernels().addNumbers(once.ptr, twice.ptr, n, first);
    this.#pi.encrypt(twice.ptr, twice.ptr, n);
    kernels().addBlocks(once.ptr, twice.ptr, twice.ptr, n);
    out.set(memory.u8().subarray(twice.ptr, twice.ptr + out.length));
    once.dispose();
    twice.dispose();
  }
}
