/**
 * Products of a secret element delta with chosen ones, by Gilboa's method ("Two Party RSA Key Generation", CRYPTO 1999) over the base OTs
 * whose choice bits are delta's: for bit j the receiver sends r_j0 + r_j1 + x^j values, with r_jc the keys' streams; the sender, who
 * knows the stream its bit chose, adds the message where the bit is 1. The receiver keeps the sum of all r_j0, and both sides' shares add
 * up to delta * values. The message is masked by streams of which the sender knows one; the receiver gets nothing.
 */
import { memory, Prg, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { OtLink } from '../ot/exchange.js';
import type { ReceiverSeeds, SenderSeeds } from '../ot/index.js';

/** Bits of delta. */
const bits = 128;
const seedBytes = 16;

/** The stream of seed j at this op, which no other run of the session has. */
const drawSeed = ({ op }: OtLink, seeds: Uint8Array, j: number, out: Tensor): void => {
  const { step, index, path } = op.address;
  new Prg(seeds.subarray(j * seedBytes, (j + 1) * seedBytes)).fill(step, index, path, out);
};

/** The receiver's shares of delta * values, as values [n, 2]; one message of 2 n KiB. */
export const receiveProducts = (link: OtLink, seeds: ReceiverSeeds, values: Tensor): Tensor => {
  const n = values.size / 2;
  const shares = Tensor.zeros([n, 2]);
  const powers = Tensor.fromBytes([n, 2], values.toBytes());
  const [zero, one] = [Tensor.empty([n, 2]), Tensor.empty([n, 2])];
  const message = Tensor.empty([bits * n, 2]);
  for (let j = 0; j < bits; j++) {
    drawSeed(link, seeds.pairs[0], j, zero);
    drawSeed(link, seeds.pairs[1], j, one);
    const out = message.ptr + j * n * 16;
    kernels().gilboaMask(zero.ptr, one.ptr, powers.ptr, shares.ptr, out, n);
  }
  link.op.send(link.peer, message.toBytes());
  for (const tensor of [powers, zero, one, message]) tensor.dispose();
  return shares;
};

/** The sender's shares of delta * values, for n values. */
export const sendProducts = async (link: OtLink, seeds: SenderSeeds, n: number): Promise<Tensor> => {
  const bytes = n * 16;
  const received = await link.op.recv(link.peer, bits * bytes);
  const shares = Tensor.zeros([n, 2]);
  const [chosen, message] = [Tensor.empty([n, 2]), Tensor.empty([n, 2])];
  for (let j = 0; j < bits; j++) {
    drawSeed(link, seeds.keys, j, chosen);
    memory.u8().set(received.subarray(j * bytes, (j + 1) * bytes), message.ptr);
    const bit = (seeds.delta[j >> 3]! >> (j & 7)) & 1;
    kernels().gilboaOpen(chosen.ptr, message.ptr, bit, shares.ptr, n);
  }
  chosen.dispose();
  message.dispose();
  return shares;
};
