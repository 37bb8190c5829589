import { Tensor } from '@triad/ring';
import { expect, it } from 'vitest';
import type { TriadError } from './error.js';
import { checkCopies, plainParts } from './part.js';

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

it('a party whose copy differs from all others is named; of two nobody knows which is right', () => {
  const [x, y, z] = [[3], [4], [5]].map((words) => Tensor.from([1], words)) as [Tensor, Tensor, Tensor];
  const thrownBy = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return error as TriadError;
    }
    throw new Error('nothing was found');
  };
  const errorOf = (copies: readonly (Tensor | undefined)[]) =>
    thrownBy(() => parts.combine(copies.map((copy) => copy && [copy])));
  for (const party of [0, 1, 2]) {
    const error = errorOf([0, 1, 2].map((rank) => (rank === party ? y : x)));
    expect(error).toMatchObject({ code: 'mismatch', party });
    expect(error.message).toContain(`party ${party} holds other copies`);
  }
  expect(errorOf([x, y, undefined]).party).toBeUndefined();
  expect(errorOf([x, y, z]).party).toBeUndefined();
  const words = [
    { rank: 0, x },
    { rank: 1, x: y },
  ] as const;
  expect(thrownBy(() => checkCopies([words, words])).party).toBeUndefined();
});
