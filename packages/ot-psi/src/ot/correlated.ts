import { formatAddress, TriadError } from '@triad/protocol';
import { Prg, randomBytes, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { hidingOts, proofBytes, prove, verify } from './check.js';
import type { OtLink } from './exchange.js';
import { columns, type ReceiverSeeds, type SenderSeeds } from './seeds.js';

const blockBytes = 16;

export interface ExtensionOptions {
  /** Finds a receiver out that does not keep to the protocol: see `check.ts`. The same at both sides; default false. */
  readonly check?: boolean;
}

/** Some OTs of a run, whose columns travel in one message. */
export interface RowBlock {
  /** The first of them, and how many there are. */
  readonly first: number;
  readonly ots: number;
  /** [at least ots, 2]: of the sender q_i, of the receiver t_i = q_i + r_i delta. Whoever gets it disposes it. */
  readonly rows: Tensor;
}

/** OTs that travel in one message; a multiple of 128. */
const blockOts = 2 ** 17;
const maxOts = 62 * blockOts;

/** The sender's rows, block after block. */
export async function* sendRows(
  link: OtLink,
  { delta, keys }: SenderSeeds,
  count: number,
  { check = false }: ExtensionOptions = {},
): AsyncGenerator<RowBlock> {
  for (const { index, first, ots, length } of blocksOf(link, count, check)) {
    const bytes = length / 8;
    const op = link.op.at(index);
    const received = await op.recv(link.peer, columns * bytes + (check ? proofBytes : 0));
    const message = received.subarray(0, columns * bytes);
    const q = streams({ ...link, op }, keys, length);
    const u = Tensor.fromBytes([message.length / 8], message);
    for (let j = 0; j < columns; j++) {
      const bit = (delta[j >> 3]! >> (j & 7)) & 1;
      kernels().openColumn(q.ptr + j * bytes, u.ptr + j * bytes, bit, bytes);
    }
    u.dispose();
    const rows = transposed(q, length);
    if (check && !verify(message, received.subarray(columns * bytes), delta, rows)) {
      rows.dispose();
      throw new TriadError('bad-message', "the OT receiver's choices are not the same in all columns", {
        party: link.peer,
        op: formatAddress(op.address),
        remedy:
          'drop the seeds, and do not go on with this party: what it sent is made to learn bits of delta',
      });
    }
    yield { first, ots, rows };
  }
}

/** The receiver's rows, block after block, for its choices (bytes of 0 or 1). */
export function* receiveRows(
  link: OtLink,
  { pairs }: ReceiverSeeds,
  choices: Uint8Array,
  { check = false }: ExtensionOptions = {},
): Generator<RowBlock> {
  for (const { index, first, ots, length } of blocksOf(link, choices.length, check)) {
    const bytes = length / 8;
    const at = { ...link, op: link.op.at(index) };
    const bits = packed(choices.subarray(first, first + ots), length, check ? link : undefined);
    const t = streams(at, pairs[0], length);
    const u = streams(at, pairs[1], length);
    for (let j = 0; j < columns; j++) {
      const column = u.ptr + j * bytes;
      kernels().maskColumn(t.ptr + j * bytes, column, bits.ptr, column, bytes);
    }
    const message = u.toBytes();
    u.dispose();
    const rows = transposed(t, length);
    at.op.send(link.peer, check ? joined(message, prove(message, bits, rows)) : message);
    bits.dispose();
    yield { first, ots, rows };
  }
}

/** Correlated OT, the sender: q_i, 16 bytes each. The messages are q_i and q_i + delta, with the delta of the seeds. */
export const sendCorrelatedOt = async (
  link: OtLink,
  seeds: SenderSeeds,
  count: number,
  options: ExtensionOptions = {},
): Promise<Uint8Array> => {
  const out = new Uint8Array(count * blockBytes);
  for await (const block of sendRows(link, seeds, count, options)) take(block, out);
  return out;
};

/** Correlated OT, the receiver: q_i + r_i delta for its choices r_i (bytes of 0 or 1), 16 bytes each. */
export const receiveCorrelatedOt = async (
  link: OtLink,
  seeds: ReceiverSeeds,
  choices: Uint8Array,
  options: ExtensionOptions = {},
): Promise<Uint8Array> => {
  const out = new Uint8Array(choices.length * blockBytes);
  for (const block of receiveRows(link, seeds, choices, options)) take(block, out);
  return out;
};

const take = ({ first, ots, rows }: RowBlock, out: Uint8Array): void => {
  out.set(rows.bytes().subarray(0, ots * blockBytes), first * blockBytes);
  rows.dispose();
};

interface Block {
  readonly index: number;
  readonly first: number;
  readonly ots: number;
  /** Bits of a column: a multiple of 128. */
  readonly length: number;
}

function* blocksOf({ op }: OtLink, count: number, check: boolean): Generator<Block> {
  if (!(Number.isSafeInteger(count) && count > 0 && count <= maxOts)) {
    throw new TriadError('bad-argument', `a run has 1 to ${maxOts} OTs; got ${count}`, {
      op: formatAddress(op.address),
      remedy: 'divide them among several runs, each at an op of its own',
    });
  }
  for (let first = 0, index = 0; first < count; first += blockOts, index++) {
    const ots = Math.min(blockOts, count - first);
    yield { index, first, ots, length: 128 * Math.ceil(ots / 128) + (check ? hidingOts : 0) };
  }
}

/** Streams of 128 keys at an op's address, `length` bits each. */
const streams = ({ op }: OtLink, keys: Uint8Array, length: number): Tensor => {
  const { step, index, path } = op.address;
  const out = Tensor.empty([columns, length / 64]);
  for (let j = 0; j < columns; j++) {
    const column = out.rows(j, j + 1);
    new Prg(keys.subarray(j * blockBytes, (j + 1) * blockBytes)).fill(step, index, path, column);
    column.dispose();
  }
  return out;
};

/** Scratch of the kernel that transposes. */
const transposeWords = 256;

/** Rows [length, 2] of 128 columns; takes the columns over. */
const transposed = (matrix: Tensor, length: number): Tensor => {
  const out = Tensor.empty([length, 2]);
  const scratch = Tensor.empty([transposeWords]);
  kernels().transposeBits(matrix.ptr, length / 8, out.ptr, columns, length, scratch.ptr);
  scratch.dispose();
  matrix.dispose();
  return out;
};

/** Choices as bits, filled up with zeros, or with random ones of the link's source. */
const packed = (choices: Uint8Array, length: number, hiding: OtLink | undefined): Tensor => {
  const bytes =
    hiding === undefined ? new Uint8Array(length / 8) : (hiding.random ?? randomBytes)(length / 8);
  for (let i = 0; i < choices.length; i++) {
    const place = i & 7;
    bytes[i >> 3] = (bytes[i >> 3]! & ~(1 << place)) | ((choices[i]! & 1) << place);
  }
  return Tensor.fromBytes([length / 64], bytes);
};

const joined = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
};
