import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { broadcastPair, shape, values } from './fixture/arbitrary.js';
import { code, owned } from './fixture/owned.js';
import { at, broadcastAt, build, read } from './fixture/reference.js';
import { broadcastTo, concat, pad, slice, take, transpose } from './layout.js';
import { Tensor } from './tensor.js';

const filled = shape(5, 4).chain((s) => fc.tuple(fc.constant(s), values(s)));

describe('take', () => {
  const some = filled
    .filter(([s]) => s.length > 0 && s[0]! > 0)
    .chain(([s, v]) =>
      fc.tuple(fc.constant(s), fc.constant(v), fc.array(fc.nat({ max: s[0]! - 1 }), { minLength: 1 })),
    );

  test('gives rows in any order, as often as they are named', () => {
    fc.assert(
      fc.property(some, ([s, v, rows]) =>
        owned((own) => {
          const x = own(Tensor.from(s, v));
          const expected = build([rows.length, ...s.slice(1)], ([row, ...rest]) =>
            at(read(x), [rows[row!]!, ...rest]),
          );
          expect(read(own(take(x, rows)))).toEqual(expected);
        }),
      ),
    );
  });

  test('refuses rows that are not there', () => {
    owned((own) => {
      const x = own(Tensor.from([2, 1], [1, 2]));
      for (const row of [-1, 2, 0.5, Number.NaN])
        expect(() => take(x, [0, row])).toThrow(code('bad-argument'));
    });
  });
});

describe('transpose', () => {
  const permuted = filled.chain(([s, v]) => {
    const axes = s.map((_, axis) => axis);
    const order = fc.shuffledSubarray(axes, { minLength: axes.length, maxLength: axes.length });
    return fc.tuple(fc.constant(s), fc.constant(v), order, fc.boolean());
  });

  test('moves any axes', () => {
    fc.assert(
      fc.property(permuted, ([s, v, order, fromEnd]) =>
        owned((own) => {
          const x = own(Tensor.from(s, v));
          const axes = fromEnd ? order.map((axis) => axis - s.length) : order;
          const shapeOf = order.map((axis) => s[axis]!);
          const expected = build(shapeOf, (index) =>
            at(
              read(x),
              s.map((_, axis) => index[order.indexOf(axis)]!),
            ),
          );
          expect(read(own(transpose(x, axes)))).toEqual(expected);
        }),
      ),
    );
  });

  test('reverses the axes by default', () => {
    owned((own) => {
      const x = own(Tensor.from([2, 1, 3], [1, 2, 3, 4, 5, 6]));
      const y = own(transpose(x));
      expect([y.shape, y.toBigInts()]).toEqual([
        [3, 1, 2],
        [1n, 4n, 2n, 5n, 3n, 6n],
      ]);
    });
  });

  test.each([[[0]], [[0, 0]], [[0, 2]], [[0, 1, 2]]])('refuses the order %j of two axes', (axes) => {
    owned((own) => {
      const x = own(Tensor.zeros([2, 3]));
      expect(() => transpose(x, axes)).toThrow(code('bad-argument'));
    });
  });
});

/** Where a part of a shape starts and ends. */
const part = (s: readonly number[]): fc.Arbitrary<[number, number][]> =>
  fc.tuple(
    ...s.map((n) =>
      fc
        .tuple(fc.integer({ min: 0, max: n }), fc.integer({ min: 0, max: n }))
        .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as [number, number]),
    ),
  );

describe('slice', () => {
  test('copies any part', () => {
    const sliced = filled.chain(([s, v]) => fc.tuple(fc.constant(s), fc.constant(v), part(s)));
    fc.assert(
      fc.property(sliced, ([s, v, bounds]) =>
        owned((own) => {
          const x = own(Tensor.from(s, v));
          const [starts, ends] = [bounds.map(([start]) => start), bounds.map(([, end]) => end)];
          const expected = build(
            s.map((_, axis) => ends[axis]! - starts[axis]!),
            (index) =>
              at(
                read(x),
                index.map((i, axis) => i + starts[axis]!),
              ),
          );
          expect(read(own(slice(x, starts, ends)))).toEqual(expected);
        }),
      ),
    );
  });

  test.each([
    [[0], [2]],
    [
      [0, 0],
      [2, 4],
    ],
    [
      [-1, 0],
      [2, 3],
    ],
    [
      [2, 0],
      [1, 3],
    ],
    [
      [0, 0.5],
      [2, 3],
    ],
    [
      [0, 0],
      [2, Number.NaN],
    ],
  ])('refuses %j to %j of [2, 3]', (starts, ends) => {
    owned((own) => {
      const x = own(Tensor.zeros([2, 3]));
      expect(() => slice(x, starts, ends)).toThrow(code('bad-argument'));
    });
  });
});

describe('concat', () => {
  const parts = shape(4, 3)
    .filter((s) => s.length > 0)
    .chain((s) =>
      fc.tuple(
        fc.constant(s),
        fc.nat(s.length - 1),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
      ),
    );

  test('its parts are slices of it', () => {
    fc.assert(
      fc.property(parts, fc.integer(), ([s, axis, counts, fromEnd], seed) =>
        owned((own) => {
          const xs = counts.map((n, part) => {
            const partShape = s.map((extent, i) => (i === axis ? n : extent));
            const size = partShape.reduce((a, b) => a * b, 1);
            return own(
              Tensor.from(
                partShape,
                Array.from({ length: size }, (_, i) => seed + 1000 * part + i),
              ),
            );
          });
          const joined = own(concat(xs, fromEnd ? axis - s.length : axis));
          expect(joined.shape[axis]).toBe(counts.reduce((a, b) => a + b, 0));
          let start = 0;
          for (const x of xs) {
            const end = start + x.shape[axis]!;
            const starts = s.map((_, i) => (i === axis ? start : 0));
            const ends = s.map((extent, i) => (i === axis ? end : extent));
            expect(read(own(slice(joined, starts, ends)))).toEqual(read(x));
            start = end;
          }
        }),
      ),
    );
  });

  test('refuses nothing, scalars, and parts that differ elsewhere', () => {
    owned((own) => {
      const [x, y] = [own(Tensor.zeros([2, 3])), own(Tensor.zeros([2, 4]))];
      const scalar = own(Tensor.zeros([]));
      expect(() => concat([])).toThrow(code('bad-argument'));
      expect(() => concat([scalar])).toThrow(code('bad-argument'));
      expect(() => concat([x, y])).toThrow(code('shape'));
      expect(() => concat([x, scalar])).toThrow(code('shape'));
      expect(() => concat([x, x], 2)).toThrow(code('bad-argument'));
    });
  });
});

describe('pad', () => {
  test('surrounds by zeros, and slice takes them away', () => {
    const around = (s: readonly number[]) => fc.tuple(...s.map(() => fc.nat(2)));
    const padded = filled.chain(([s, v]) => fc.tuple(fc.constant(s), fc.constant(v), around(s), around(s)));
    fc.assert(
      fc.property(padded, ([s, v, before, after]) =>
        owned((own) => {
          const x = own(Tensor.from(s, v));
          const shapeOf = s.map((n, axis) => before[axis]! + n + after[axis]!);
          const expected = build(shapeOf, (index) => {
            const inner = index.map((i, axis) => i - before[axis]!);
            return inner.every((i, axis) => i >= 0 && i < s[axis]!) ? at(read(x), inner) : 0n;
          });
          const y = own(pad(x, before, after));
          expect(read(y)).toEqual(expected);
          const ends = s.map((n, axis) => before[axis]! + n);
          expect(read(own(slice(y, before, ends)))).toEqual(read(x));
        }),
      ),
    );
  });

  test.each([
    [[1], [1, 1]],
    [
      [-1, 0],
      [0, 0],
    ],
    [
      [0, 0],
      [0, 0.5],
    ],
  ])('refuses %j and %j for [2, 3]', (before, after) => {
    owned((own) => {
      const x = own(Tensor.zeros([2, 3]));
      expect(() => pad(x, before, after)).toThrow(code('bad-argument'));
    });
  });
});

describe('broadcastTo', () => {
  test('repeats as NumPy does', () => {
    const pair = broadcastPair.chain(([, s]) =>
      shape(2, 3).chain((lead) =>
        fc.tuple(
          fc.constant(s),
          values(s),
          fc.tuple(...s.map((n) => (n === 1 ? fc.nat(3) : fc.constant(n)))).map((tail) => [...lead, ...tail]),
        ),
      ),
    );
    fc.assert(
      fc.property(pair, ([s, v, target]) =>
        owned((own) => {
          const x = own(Tensor.from(s, v));
          const expected = build(target, (index) => broadcastAt(read(x), index));
          expect(read(own(broadcastTo(x, target)))).toEqual(expected);
        }),
      ),
    );
  });

  test.each([[[3]], [[3, 2]], [[2, 3, 1]], [[]]])('refuses %j for [2, 3]', (target) => {
    owned((own) => {
      const x = own(Tensor.zeros([2, 3]));
      expect(() => broadcastTo(x, target)).toThrow(code('shape'));
    });
  });
});
