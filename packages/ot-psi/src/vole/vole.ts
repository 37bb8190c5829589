/**
 * Silent vector oblivious linear evaluation over GF(2^128): the receiver gets uniform vectors (a, c), the sender a secret delta and b,
 * with c = b + delta a (Boyle et al., CCS 2019; as used by Raghuraman and Rindal, CCS 2022).
 *
 *     receiver                                            sender: delta = choice bits of the base OTs
 *     noise: a random element at a random place of each interval
 *     the path to it in the interval's tree   <- OT ->    each level's sums of left and of right children
 *     shares of delta * noise                 <- OT ->    by Gilboa's method
 *     leaves but one                          <- sum --   of an interval's leaves and the sender's share: gives the missing one
 *     both apply the public code to their vectors, which are equal but for delta * noise
 *
 * Semi-honest, under dual LPN for the code and noise of `parameter.ts`, with AES as an ideal permutation. The sender learns nothing; the
 * receiver learns nothing of delta. Traffic does not depend on secrets and grows with the logarithm of the length.
 */
import { memory, randomBytes, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { OtLink } from '../ot/exchange.js';
import { type ReceiverSeeds, receiveRandomOt, type SenderSeeds, sendRandomOt } from '../ot/index.js';
import { Rooms } from '../rooms.js';
import { encode } from './code.js';
import { drawNoise } from './noise.js';
import { receiveProducts, sendProducts } from './noisy.js';
import { memoryLength, type VoleShape, voleShape } from './parameter.js';
import { PuncturedGroup } from './punctured.js';
import { sumBytes, TreeExpander } from './tree.js';

const blockBytes = 16;

/** Trees whose sums travel in one message, so that the receiver expands them while the sender expands others. */
const groupTrees = 32;

/** Messages: each tree's sums, level by level, then the leaves' sums. */
const messageBytes = ({ depth }: VoleShape): number => groupTrees * (depth * sumBytes + blockBytes);

/** Where the parts of a run happen: sub-addresses 0 to 2 of its op. */
const parts = (link: OtLink) => ({
  ot: { ...link, op: link.op.at(0) },
  products: { ...link, op: link.op.at(1) },
  sums: link.op.at(2),
});

/** Blocks of JavaScript's memory as a tensor. */
const tensorOf = (bytes: Uint8Array): Tensor => Tensor.fromBytes([bytes.length / blockBytes, 2], bytes);

/**
 * The sender's vector b [count, 2], for the delta of its seeds. `codeKey`: 16 public random bytes, the same at both
 * sides.
 */
export const sendVole = async (
  link: OtLink,
  seeds: SenderSeeds,
  count: number,
  codeKey: Uint8Array,
): Promise<Tensor> => {
  const shape = voleShape(count);
  const { trees, depth, leaves } = shape;
  const { ot, products, sums } = parts(link);
  const pairs = await sendRandomOt(ot, seeds, trees * depth);
  const rooms = new Rooms();
  try {
    const shares = rooms.keep(await sendProducts(products, seeds, trees));
    const [zero, one] = [rooms.keep(tensorOf(pairs[0])), rooms.keep(tensorOf(pairs[1]))];
    const roots = rooms.keep(tensorOf((link.random ?? randomBytes)(trees * blockBytes)));
    const b = rooms.keep(Tensor.empty([shape.noisy + memoryLength, 2]));
    const expander = rooms.keep(new TreeExpander(shape));
    const message = rooms.keep(Tensor.empty([messageBytes(shape) / 8]));
    const leafSums = message.ptr + groupTrees * depth * sumBytes;
    for (let tree = 0; tree < trees; tree++) {
      const i = tree % groupTrees;
      const levels = message.ptr + i * depth * sumBytes;
      const offset = tree * depth * blockBytes;
      const made = expander.expand(roots.ptr + tree * blockBytes, levels);
      kernels().maskPairs(levels, zero.ptr + offset, one.ptr + offset, depth);
      const leafSum = leafSums + i * blockBytes;
      const share = shares.ptr + tree * blockBytes;
      memory.u8().copyWithin(leafSum, share, share + blockBytes);
      kernels().addSum(made, leaves, leafSum);
      memory.u8().copyWithin(b.ptr + tree * leaves * blockBytes, made, made + leaves * blockBytes);
      if (i + 1 === groupTrees) sums.at((tree - i) / groupTrees).send(link.peer, message.toBytes());
    }
    encode(b.ptr, 1, shape, codeKey);
    return rooms.give(b);
  } finally {
    rooms.dispose();
  }
};

/** What the receiver of a VOLE holds until the sender's sums are there. Whoever has it disposes it, finished or not. */
export interface PendingVole {
  /** The receiver's pairs (a, c): [count, 4]. */
  finish(): Promise<Tensor>;
  dispose(): void;
}

/** Sends all that the receiver has to say; what `finish` waits for arrives meanwhile. */
export const receiveVole = async (
  link: OtLink,
  seeds: ReceiverSeeds,
  count: number,
  codeKey: Uint8Array,
): Promise<PendingVole> => {
  const shape = voleShape(count);
  const { ot, products, sums } = parts(link);
  const noise = drawNoise(shape, link.random ?? randomBytes);
  const keys = await receiveRandomOt(ot, seeds, noise.choices);
  const rooms = new Rooms();
  const values = rooms.keep(tensorOf(noise.values));
  const shares = rooms.keep(receiveProducts(products, seeds, values));
  const own = { keys: rooms.keep(tensorOf(keys)), shares, values };
  const finish = async (): Promise<Tensor> => {
    const pairs = rooms.keep(Tensor.empty([shape.noisy + memoryLength, 4]));
    const expander = rooms.keep(new PuncturedGroup(shape, noise, own));
    for (let first = 0; first < shape.trees; first += groupTrees) {
      const message = await sums.at(first / groupTrees).recv(link.peer, messageBytes(shape));
      expander.expand(first, message, pairs.ptr + first * shape.leaves * 2 * blockBytes);
    }
    encode(pairs.ptr, 2, shape, codeKey);
    return rooms.give(pairs);
  };
  return { finish, dispose: () => rooms.dispose() };
};
