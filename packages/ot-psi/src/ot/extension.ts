/**
 * Extension of oblivious transfers (Ishai, Kilian, Nissim, Petrank, "Extending Oblivious Transfers Efficiently", CRYPTO 2003): 128 base OTs in
 * the other direction make any number of random OTs of 16-byte messages.
 *
 *     receiver, choice bits r; keys k_j0, k_j1             sender: secret bits delta; keys k_j,delta_j
 *     column j: t_j = G(k_j0)
 *                          -- u_j = t_j + G(k_j1) + r -->   q_j = G(k_j,delta_j) + delta_j u_j
 *     message i: H(i, row i of t)                           messages i: H(i, q_i), H(i, q_i + delta)
 *
 * since q_i = t_i + r_i delta. H(i, x) = pi(pi(x) + i) + pi(x) with AES under a key drawn jointly for the run as pi (Guo, Katz, Wang,
 * Yu, "Efficient and Secure Multiparty Computation from Fixed-Key Block Ciphers", IEEE S&P 2020, section 7.4).
 *
 * Semi-honest: the sender sees u, masked by streams of which it knows one each, and learns nothing of r; the receiver sees
 * nothing, and its other messages are H of rows it misses by delta. Streams are addressed by the op, so the keys of one session serve any number of
 * runs.
 */
import { formatAddress, TriadError } from '@triad/protocol';
import { Aes, memory, Prg, randomBytes, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { OtPairs } from './base-ot.js';
import { type OtLink, receiveBaseOt, sendBaseOt } from './exchange.js';

/** Columns: the security parameter, and bits of delta. */
export const columns = 128;
const blockBytes = 16;

/** The extension's sender after the base OTs, in which it chose. */
export interface SenderSeeds {
  /** 16 bytes; bit j of it, from the lowest of the first byte on, chose key j. */
  readonly delta: Uint8Array;
  /** 128 x 16 bytes. */
  readonly keys: Uint8Array;
}

/** The extension's receiver after the base OTs. */
export interface ReceiverSeeds {
  /** All keys k_j0, and all k_j1. */
  readonly pairs: OtPairs;
}

/** The base OTs of the extension's sender: it chooses by a fresh delta. */
export const baseForSender = async (link: OtLink): Promise<SenderSeeds> => {
  const delta = (link.random ?? randomBytes)(columns / 8);
  const choices = Uint8Array.from({ length: columns }, (_, j) => (delta[j >> 3]! >> (j & 7)) & 1);
  return { delta, keys: await receiveBaseOt(link, choices) };
};

/** The base OTs of the extension's receiver. */
export const baseForReceiver = async (link: OtLink): Promise<ReceiverSeeds> => ({
  pairs: await sendBaseOt(link, columns),
});

/** OTs that travel in one message; a multiple of 128. */
const blockOts = 2 ** 17;
const maxOts = 62 * blockOts;

/** `count` random OTs: all messages m_i0, and all m_i1, 16 bytes each. */
export const sendRandomOt = async (link: OtLink, seeds: SenderSeeds, count: number): Promise<OtPairs> => {
  const run = new ExtensionRun(link, count);
  const pairs = [new Uint8Array(count * blockBytes), new Uint8Array(count * blockBytes)] as const;
  for (const { index, first, ots, rows } of run.blocks()) {
    const bytes = rows / 8;
    const message = await link.op.at(index).recv(link.peer, columns * bytes);
    const q = run.columns(index, rows, seeds.keys);
    const received = Tensor.fromBytes([message.length / 8], message);
    for (let j = 0; j < columns; j++) {
      const bit = (seeds.delta[j >> 3]! >> (j & 7)) & 1;
      kernels().openColumn(q.ptr + j * bytes, received.ptr + j * bytes, bit, bytes);
    }
    received.dispose();
    const x = transposed(q, rows);
    run.hash(x, first, pairs[0].subarray(first * blockBytes, (first + ots) * blockBytes));
    const delta = Tensor.fromBytes([1, 2], seeds.delta);
    kernels().addToEach(x.ptr, delta.ptr, x.ptr, rows);
    delta.dispose();
    run.hash(x, first, pairs[1].subarray(first * blockBytes, (first + ots) * blockBytes));
    x.dispose();
  }
  return pairs;
};

/** Random OTs, one for each choice (a byte of 0 or 1): the chosen messages, 16 bytes each. */
export const receiveRandomOt = async (
  link: OtLink,
  seeds: ReceiverSeeds,
  choices: Uint8Array,
): Promise<Uint8Array> => {
  const run = new ExtensionRun(link, choices.length);
  const messages = new Uint8Array(choices.length * blockBytes);
  for (const { index, first, ots, rows } of run.blocks()) {
    const bytes = rows / 8;
    const bits = packed(choices.subarray(first, first + ots), rows);
    const t = run.columns(index, rows, seeds.pairs[0]);
    const u = run.columns(index, rows, seeds.pairs[1]);
    for (let j = 0; j < columns; j++) {
      const at = u.ptr + j * bytes;
      kernels().maskColumn(t.ptr + j * bytes, at, bits.ptr, at, bytes);
    }
    link.op.at(index).send(link.peer, u.toBytes());
    bits.dispose();
    u.dispose();
    const x = transposed(t, rows);
    run.hash(x, first, messages.subarray(first * blockBytes, (first + ots) * blockBytes));
    x.dispose();
  }
  return messages;
};

interface Block {
  readonly index: number;
  /** Its first OT, and how many it has. */
  readonly first: number;
  readonly ots: number;
  /** Those, filled up to a multiple of 128. */
  readonly rows: number;
}

/** What both sides of a run do alike. */
class ExtensionRun {
  readonly #pi: Aes;

  constructor(
    readonly link: OtLink,
    readonly count: number,
  ) {
    if (!(Number.isSafeInteger(count) && count > 0 && count <= maxOts)) {
      throw new TriadError('bad-argument', `a run has 1 to ${maxOts} OTs; got ${count}`, {
        op: formatAddress(link.op.address),
        remedy: 'divide them among several runs, each at an op of its own',
      });
    }
    const key = Tensor.empty([2]);
    link.op.draw(link.session.common, key);
    this.#pi = new Aes(key.toBytes());
    key.dispose();
  }

  *blocks(): Generator<Block> {
    for (let first = 0, index = 0; first < this.count; first += blockOts, index++) {
      const ots = Math.min(blockOts, this.count - first);
      yield { index, first, ots, rows: 128 * Math.ceil(ots / 128) };
    }
  }

  /** Streams of 128 keys at this block's address, `rows` bits each. */
  columns(index: number, rows: number, keys: Uint8Array): Tensor {
    const { step, index: node, path } = this.link.op.at(index).address;
    const out = Tensor.empty([columns, rows / 64]);
    for (let j = 0; j < columns; j++) {
      const column = out.rows(j, j + 1);
      new Prg(keys.subarray(j * blockBytes, (j + 1) * blockBytes)).fill(step, node, path, column);
      column.dispose();
    }
    return out;
  }

  /** H of rows, which are numbered from `first` on, into as much of JavaScript's memory as they have bytes. */
  hash(x: Tensor, first: number, out: Uint8Array): void {
    const n = x.size / 2;
    const once = Tensor.empty([n, 2]);
    const twice = Tensor.empty([n, 2]);
    this.#pi.encrypt(x.ptr, once.ptr, n);
    kernels().addNumbers(once.ptr, twice.ptr, n, first);
    this.#pi.encrypt(twice.ptr, twice.ptr, n);
    kernels().addBlocks(once.ptr, twice.ptr, twice.ptr, n);
    out.set(memory.u8().subarray(twice.ptr, twice.ptr + out.length));
    once.dispose();
    twice.dispose();
  }
}

/** Scratch of the kernel that transposes. */
const transposeWords = 256;

/** Rows [rows, 2] of 128 columns; takes the columns over. */
const transposed = (matrix: Tensor, rows: number): Tensor => {
  const out = Tensor.empty([rows, 2]);
  const scratch = Tensor.empty([transposeWords]);
  kernels().transposeBits(matrix.ptr, rows / 8, out.ptr, columns, rows, scratch.ptr);
  scratch.dispose();
  matrix.dispose();
  return out;
};

/** Choices as bits, filled up with zeros. */
const packed = (choices: Uint8Array, rows: number): Tensor => {
  const bytes = new Uint8Array(rows / 8);
  for (let i = 0; i < choices.length; i++) bytes[i >> 3]! |= (choices[i]! & 1) << (i & 7);
  return Tensor.fromBytes([rows / 64], bytes);
};
