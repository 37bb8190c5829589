import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { add } from './elementwise.js';
import { filled } from './fixture/arbitrary.js';
import { code, owned } from './fixture/owned.js';
import { dot, read } from './fixture/reference.js';
import { type Linear, linear } from './linear.js';
import type { Shape } from './shape.js';
import { Tensor } from './tensor.js';

/** Each map, shapes it takes, and shapes it refuses. */
const maps: [Linear, Shape[], Shape[]][] = [
  [linear.add(), [[2, 3], [3]], [[2], [3]]],
  [linear.sub(), [[2, 1], [3]], [[2], [3]]],
  [linear.neg(), [[2, 3]], []],
  [linear.scale(-7n), [[2, 3]], []],
  [linear.sum(), [[2, 3]], []],
  [linear.sum([1], true), [[2, 3]], [[2]]],
  [linear.reshape([3, 2]), [[2, 3]], [[2, 2]]],
  [linear.transpose(), [[2, 3]], []],
  [linear.transpose([1, 0, 2]), [[2, 3, 4]], [[2, 3]]],
  [linear.slice([1, 0], [2, 2]), [[2, 3]], [[1, 3]]],
  [linear.take([2, 0, 2]), [[3, 2]], [[2, 2]]],
  [
    linear.concat(1),
    [
      [2, 3],
      [2, 1],
      [2, 2],
    ],
    [
      [2, 3],
      [1, 3],
    ],
  ],
  [linear.pad([1, 0], [0, 2]), [[2, 3]], [[2]]],
  [linear.broadcastTo([4, 2, 3]), [[2, 1]], [[3, 1]]],
  [linear.im2col(2, { stride: 2, padding: 1 }), [[2, 1, 4, 5]], [[4, 5]]],
  [linear.col2im([2, 1, 4, 5], [2, 3]), [[2, 6, 9]], [[2, 6, 8]]],
];

describe.each(maps)('$name $attributes', (map, shapes, refused) => {
  test('gives the shape it says', () => {
    owned((own) => {
      const xs = shapes.map((shape, i) => own(filled(shape, i)));
      expect(own(map.apply(...xs)).shape).toEqual(map.shape(...shapes));
    });
  });

  test('is linear', () => {
    owned((own) => {
      const xs = shapes.map((shape, i) => own(filled(shape, i)));
      const ys = shapes.map((shape, i) => own(filled(shape, i + 100)));
      const sums = xs.map((x, i) => own(add(x, ys[i]!)));
      const [fx, fy] = [own(map.apply(...xs)), own(map.apply(...ys))];
      expect(read(own(map.apply(...sums)))).toEqual(read(own(add(fx, fy))));
    });
  });

  test('counts and checks its operands before it takes memory', () => {
    owned((own) => {
      if (map.name !== 'concat') {
        expect(() => map.shape(...shapes, [1])).toThrow(code('bad-argument'));
        expect(() => map.apply(...shapes.slice(1).map((shape) => own(Tensor.zeros(shape))))).toThrow(
          code('bad-argument'),
        );
      }
      expect(() => map.shape()).toThrow(code('bad-argument'));
      if (refused.length === 0) return;
      const wrong = expect.objectContaining({ code: expect.stringMatching(/^(shape|bad-argument)$/) });
      expect(() => map.shape(...refused)).toThrow(wrong);
      const xs = refused.map((shape) => own(Tensor.zeros(shape)));
      expect(() => map.apply(...xs)).toThrow(wrong);
    });
  });

  test('has attributes that survive JSON', () => {
    expect(JSON.parse(JSON.stringify(map.attributes))).toEqual(map.attributes);
  });
});

test('scale says its factor modulo 2^64', () => {
  expect(linear.scale(2n ** 64n - 1n).attributes).toEqual({ k: '-1' });
});

describe('windows', () => {
  const two = (min: number, max: number) =>
    fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })) as fc.Arbitrary<[number, number]>;

  test('col2im is the adjoint of im2col', () => {
    const example = fc.record({
      kernel: two(1, 3),
      options: fc.record({ stride: two(1, 3), padding: two(0, 2), dilation: two(1, 2) }),
      slack: two(0, 3),
      counts: two(1, 2),
    });
    fc.assert(
      fc.property(example, ({ kernel, options, slack, counts }) =>
        owned((own) => {
          const side = (i: 0 | 1) => options.dilation[i] * (kernel[i] - 1) + 1 + slack[i];
          const image = [...counts, side(0), side(1)];
          const [unfold, fold] = [linear.im2col(kernel, options), linear.col2im(image, kernel, options)];
          const x = own(filled(image, 1));
          const columns = own(unfold.apply(x));
          const y = own(filled(columns.shape, 2));
          expect(dot(read(columns), read(y))).toBe(dot(read(x), read(own(fold.apply(y)))));
        }),
      ),
    );
  });

  test('column w holds the taps of window w', () => {
    owned((own) => {
      const x = own(Tensor.from([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]));
      const columns = own(linear.im2col(2, { padding: [0, 1], stride: [1, 2] }).apply(x));
      expect(columns.shape).toEqual([1, 4, 4]);
      // Windows at columns -1 and 1, of rows 0 and 1.
      expect(columns.toBigInts()).toEqual(
        [
          [0, 2, 0, 5],
          [1, 3, 4, 6],
          [0, 5, 0, 8],
          [4, 6, 7, 9],
        ]
          .flat()
          .map(BigInt),
      );
    });
  });

  test('that do not fit are refused', () => {
    expect(() => linear.im2col(4).shape([1, 1, 3, 3])).toThrow(code('shape'));
    expect(() => linear.im2col([0, 1])).toThrow(code('bad-argument'));
  });
});
