import { Tensor } from '@triad/ring';
import { expect, it } from 'vitest';
import { plainParts } from './part.js';

const parts = plainParts(3);

it('every party of the plaintext protocol holds the value', () => {
  const x = Tensor.from([2], [3, -4]);
  const all = parts.split(x);
  expect(all).toHaveLength(3);
  for (const rank of [0, 1, 2]) {
    const alone = [0, 1, 2].map((r) => (r === rank ? all[r] : undefined));
    expect(parts.combine(alone).toBigInts()).toEqual([3n, -4n]);
  }
  expect(parts.of(parts.share(all[1]!))[0]!.toBigInts()).toEqual([3n, -4n]);
});

it('differing copies are refused with the parties named, and no party at all', () => {
  const [x, y] = [Tensor.from([2], [3, -4]), Tensor.from([2], [3, 4])];
  expect(() => parts.combine([[x], undefined, [y]])).toThrow(/parties 0 and 2 hold different copies/);
  expect(() => parts.combine([undefined])).toThrow(/no party is there/);
});
