import { namedAddress, type Op } from '@triad/protocol';
import { Tensor } from '@triad/ring';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocks, elementsOf } from './block.js';

/** An op that only knows where it is. */
const opAt = (places: readonly number[]): Op => {
  const unused = () => {
    throw new Error('not used here');
  };
  const address = namedAddress('block', ...places);
  return { address, at: (k) => opAt([...places, k]), send: unused, recv: unused, draw: unused };
};

describe('blocks', () => {
  it('cover all elements once, start at even ones, and have addresses of their own', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(300_000), fc.nat(2 ** 30)), (elements) => {
        const cut = blocks(opAt([]), elements);
        expect(cut.length).toBeLessThanOrEqual(60);
        expect(cut.map(({ start }) => start)).toEqual([0, ...cut.slice(0, -1).map(({ end }) => end)]);
        expect(cut.at(-1)!.end).toBe(elements);
        for (const { start } of cut) expect(start % 2).toBe(0);
        expect(new Set(cut.map(({ op }) => op.address.index)).size).toBe(cut.length);
      }),
    );
  });

  it('are views of their elements', () => {
    const x = Tensor.from([2, 3], [0, 1, 2, 3, 4, 5]);
    const view = elementsOf(x, { op: opAt([]), start: 2, end: 5 });
    expect(view.toBigInts()).toEqual([2n, 3n, 4n]);
    view.dispose();
    x.dispose();
  });
});
