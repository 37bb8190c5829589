import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add } from './elementwise.js';
import { shape, values } from './fixture/arbitrary.js';
import { memory } from './memory.js';
import { Tensor } from './tensor.js';

const refused = (code: string) => expect.objectContaining({ name: 'RingError', code });

describe('a tensor', () => {
  it('keeps its words, through bigints and bytes', () => {
    fc.assert(
      fc.property(
        shape().chain((s) => fc.tuple(fc.constant(s), values(s))),
        ([s, words]) => {
          const x = Tensor.from(s, words);
          const y = Tensor.fromBytes(s, x.toBytes());
          expect(y.shape).toEqual(s);
          expect(y.toBigInts()).toEqual(words.map((word) => BigInt.asIntN(64, word)));
          expect(Array.from(x.bytes())).toEqual(Array.from(y.toBytes()));
          x.dispose();
          y.dispose();
        },
      ),
    );
  });

  it('takes numbers that are whole and safe only', () => {
    const x = Tensor.from([2], [2 ** 53 - 1, -3]);
    expect(x.toBigInts()).toEqual([2n ** 53n - 1n, -3n]);
    x.dispose();
    for (const bad of [0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => Tensor.from([2], [1, bad])).toThrow(refused('range'));
    }
  });

  it('refuses shapes that are none and lengths that do not fit', () => {
    for (const bad of [[-1], [1.5], [2 ** 40], [Number.NaN]]) {
      expect(() => Tensor.empty(bad)).toThrow(refused('shape'));
    }
    expect(() => Tensor.from([2, 2], [1, 2, 3])).toThrow(refused('shape'));
    expect(() => Tensor.fromBytes([2], new Uint8Array(15))).toThrow(refused('shape'));
    const x = Tensor.zeros([2, 3]);
    expect(() => x.reshape([4])).toThrow(refused('shape'));
    for (const [start, end] of [
      [-1, 1],
      [0, 3],
      [2, 1],
      [0.5, 1],
    ] as const) {
      expect(() => x.rows(start, end)).toThrow(refused('bad-argument'));
    }
    x.dispose();
  });
});

describe('ownership', () => {
  it('ends with dispose: any later use throws', () => {
    const x = Tensor.from([2], [1, 2]);
    x.dispose();
    const uses = [
      () => x.ptr,
      () => x.bytes(),
      () => x.toBytes(),
      () => x.reshape([1, 2]),
      () => x.rows(0, 1),
      () => x.dispose(),
      () => add(x, x),
    ];
    for (const use of uses) expect(use).toThrow(refused('disposed'));
  });

  it('is shared by views: the block goes back with the last of them', () => {
    const before = memory.liveBytes;
    const x = Tensor.from([3, 2], [1, 2, 3, 4, 5, 6]);
    const held = memory.liveBytes - before;
    const row = x.rows(1, 2);
    const flat = row.reshape([2]);
    x.dispose();
    row.dispose();
    expect(memory.liveBytes - before).toBe(held);
    const other = Tensor.zeros([6]);
    expect(flat.toBigInts()).toEqual([3n, 4n]);
    flat.dispose();
    other.dispose();
    expect(memory.liveBytes).toBe(before);
  });
});
