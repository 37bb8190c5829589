import { expect, test } from 'vitest';
import { binCount } from './bin.js';

test('bins are 1.27 to 1.34 an item from 512 on', () => {
  expect(binCount(0)).toBe(binCount(512));
  expect([2 ** 9, 2 ** 12, 2 ** 16, 2 ** 20, 2 ** 24].map(binCount)).toEqual([
    650, 5256, 85_196, 1_380_625, 22_369_621,
  ]);
});
