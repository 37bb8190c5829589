import { memory, Prg, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';

const seedBytes = 16;

/** A uniform permutation of `count` numbers, as 32-bit words: the slot of each item. */
export const randomSlots = (count: number, random: (bytes: number) => Uint8Array): Tensor => {
  const slots = Tensor.empty([Math.ceil(count / 2)]);
  const words = Tensor.empty([count]);
  do new Prg(random(seedBytes)).fill(0, 0, 0, words);
  while (!kernels().shuffle(slots.ptr, count, words.ptr));
  words.dispose();
  return slots;
};

/** Notes which item is in each slot, in a list for as many as `slots` has items. */
export const fillItems = (slots: Tensor, items: Uint32Array): void => {
  const slotOf = new Uint32Array(memory.u8().buffer, slots.ptr, items.length);
  for (let i = 0; i < items.length; i++) items[slotOf[i]!] = i;
};
