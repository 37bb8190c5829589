import { seededBytes } from '@triad/protocol';
import { memory, Tensor } from '@triad/ring';
import { expect, test } from 'vitest';
import { kernels } from '../kernel.js';
import { fillItems, randomSlots } from './slot.js';

const draw = (count: number, random: (bytes: number) => Uint8Array): Uint32Array => {
  const slots = randomSlots(count, random);
  const out = new Uint32Array(slots.toBytes().buffer, 0, count);
  slots.dispose();
  return out;
};

test('slots are a permutation of any size, and items its inverse', () => {
  const before = memory.liveBytes;
  for (const count of [0, 1, 2, 3, 100, 4097]) {
    const slots = randomSlots(count, seededBytes(count, 0));
    const slotOf = new Uint32Array(slots.toBytes().buffer, 0, count);
    expect(slotOf.toSorted()).toEqual(Uint32Array.from({ length: count }, (_, i) => i));
    const items = new Uint32Array(count);
    fillItems(slots, items);
    slotOf.forEach((slot, i) => {
      expect(items[slot]).toBe(i);
    });
    slots.dispose();
  }
  expect(memory.liveBytes).toBe(before);
});

test('all permutations are as likely', () => {
  const random = seededBytes(1, 0);
  const counts = new Map<string, number>();
  const draws = 24_000;
  for (let k = 0; k < draws; k++) {
    const name = draw(4, random).join();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  const chi2 = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  // 23 degrees of freedom: above 66 with probability 10^-5.
  expect(chi2).toBeLessThan(66);
});

test('a word that would make some numbers likelier ends a permutation', () => {
  const slots = Tensor.empty([2]);
  // 2^64 is no multiple of 3, and 0 is the word too many; it is one of 2.
  const words = Tensor.zeros([3]);
  expect(kernels().shuffle(slots.ptr, 2, words.ptr)).toBeTruthy();
  expect(kernels().shuffle(slots.ptr, 3, words.ptr)).toBeFalsy();
  slots.dispose();
  words.dispose();
});
