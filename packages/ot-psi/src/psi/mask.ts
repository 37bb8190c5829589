import { allocate, memory, randomBytes, release, type Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { OtLink } from '../ot/exchange.js';
import type { Matches } from './protocol.js';
import { fillItems, randomSlots } from './slot.js';

const statisticalBits = 40;

/**
 * Bytes of a mask, such that any two of different items among n1 * n2 pairs agree with probability 2^-40: (40 + log2 n1 n2) / 8, and at
 * least 8.
 */
export const maskBytes = (n1: number, n2: number): number => {
  let bits = statisticalBits;
  for (let pairs = 1; pairs < n1 * n2; pairs *= 2) bits++;
  return Math.min(Math.max(Math.ceil(bits / 8), 8), 16);
};

/** Masks travel in so many messages at most. */
const maxMessages = 32;
const messageMasks = (count: number): number => Math.max(Math.ceil(count / maxMessages), 1024);

/** Sends blocks [count, 2], cut to masks, in a random order; returns it: slot by slot the index of the block. */
export const sendMasks = (link: OtLink, blocks: Tensor, bytes: number): Uint32Array => {
  const count = blocks.size / 2;
  const slots = randomSlots(count, link.random ?? randomBytes);
  const masks = allocate(count * bytes);
  kernels().scatterMasks(blocks.ptr, count, slots.ptr, bytes, masks);
  sendMaskList(link, masks, count, bytes);
  release(masks, count * bytes);
  const items = new Uint32Array(count);
  fillItems(slots, items);
  slots.dispose();
  return items;
};

/** Sends `count` masks from an address on, as they are. */
export const sendMaskList = (link: OtLink, masks: number, count: number, bytes: number): void => {
  const step = messageMasks(count);
  for (let i = 0; i < count; i += step) {
    const end = Math.min(i + step, count);
    link.op.at(i / step).send(link.peer, memory.u8().slice(masks + i * bytes, masks + end * bytes));
  }
};

/** Looks for the peer's masks, `count` of them, among own blocks [n, 2]. */
export const receiveMasks = async (
  link: OtLink,
  own: Tensor,
  count: number,
  bytes: number,
): Promise<Matches> => sortedMatches(await findMasks(link, own, count, bytes), own.size / 2);

/** The pairs (own block, slot) whose masks agree, in lists of pairs. */
export const findMasks = async (
  link: OtLink,
  own: Tensor,
  count: number,
  bytes: number,
): Promise<readonly Uint32Array[]> => {
  const n = own.size / 2;
  const bits = Math.max(Math.ceil(Math.log2(n + 1)) + 1, 4);
  const table = allocate(4 << bits);
  try {
    kernels().enterMasks(own.ptr, n, table, bits);
    const found: Uint32Array[] = [];
    const step = messageMasks(count);
    for (let i = 0; i < count; i += step) {
      const masks = Math.min(step, count - i);
      const message = await link.op.at(i / step).recv(link.peer, masks * bytes);
      found.push(findIn(message, { own, table, bits, bytes, first: i }));
    }
    return found;
  } finally {
    release(table, 4 << bits);
  }
};

interface Lookup {
  readonly own: Tensor;
  readonly table: number;
  readonly bits: number;
  readonly bytes: number;
  /** The slot of the message's first mask. */
  readonly first: number;
}

const findIn = (message: Uint8Array, { own, table, bits, bytes, first }: Lookup): Uint32Array => {
  const masks = allocate(message.length);
  memory.u8().set(message, masks);
  const count = message.length / bytes;
  const pairs = allocate(8 * count);
  const found = kernels().findMasks(own.ptr, table, bits, masks, count, bytes, first, pairs);
  const out = new Uint32Array(memory.u8().buffer, pairs, 2 * found).slice();
  release(pairs, 8 * count);
  release(masks, message.length);
  return out;
};

/** Pairs (own, slot) by own; of an item that was found twice, the last slot. */
export const sortedMatches = (found: readonly Uint32Array[], n: number): Matches => {
  const slotOf = new Uint32Array(n).fill(none);
  for (const pairs of found) for (let i = 0; i < pairs.length; i += 2) slotOf[pairs[i]!] = pairs[i + 1]!;
  const own = indicesOf(slotOf);
  return { own, slots: own.map((i) => slotOf[i]!) };
};

const none = 2 ** 32 - 1;

const indicesOf = (slotOf: Uint32Array): Uint32Array => {
  const out = new Uint32Array(slotOf.length);
  let count = 0;
  for (let i = 0; i < slotOf.length; i++) if (slotOf[i] !== none) out[count++] = i;
  return out.slice(0, count);
};
