import fc from 'fast-check';
import { expect, test } from 'vitest';
import { broadcastPair, shape, values } from './fixture/arbitrary.js';
import { code, owned } from './fixture/owned.js';
import { dot, read, sum as reference } from './fixture/reference.js';
import { broadcastTo } from './layout.js';
import { sum, sumTo } from './sum.js';
import { Tensor } from './tensor.js';

const summed = shape().chain((s) =>
  fc.tuple(fc.constant(s), values(s), fc.subarray(s.map((_, axis) => axis)), fc.boolean()),
);

test('sum equals the reference over any axes, counted from either end, kept or not', () => {
  fc.assert(
    fc.property(summed, fc.boolean(), ([s, v, axes, keepDims], fromEnd) =>
      owned((own) => {
        const x = own(Tensor.from(s, v));
        const expected = reference(read(x), axes);
        const given = fromEnd ? axes.map((axis) => axis - s.length).reverse() : axes;
        const result = own(sum(x, given, keepDims));
        expect(result.toBigInts()).toEqual(expected.values);
        expect(result.shape).toEqual(
          keepDims ? s.map((n, axis) => (axes.includes(axis) ? 1 : n)) : expected.shape,
        );
      }),
    ),
  );
});

test('without axes all are summed', () => {
  fc.assert(
    fc.property(summed, ([s, v]) =>
      owned((own) => {
        const x = own(Tensor.from(s, v));
        expect(own(sum(x)).toBigInts()).toEqual([
          BigInt.asIntN(
            64,
            v.reduce((a, b) => a + b, 0n),
          ),
        ]);
      }),
    ),
  );
});

test('sumTo is the adjoint of broadcastTo', () => {
  const pair = broadcastPair.chain(([, s]) =>
    shape(2, 3).chain((lead) => {
      const target = [...lead, ...s.map((n) => (n === 1 ? 3 : n))];
      return fc.tuple(fc.constant(s), values(s), fc.constant(target), values(target));
    }),
  );
  fc.assert(
    fc.property(pair, ([s, v, target, w]) =>
      owned((own) => {
        const [x, y] = [own(Tensor.from(s, v)), own(Tensor.from(target, w))];
        const [up, down] = [own(broadcastTo(x, target)), own(sumTo(y, s))];
        expect(down.shape).toEqual(s);
        expect(dot(read(up), read(y))).toBe(dot(read(x), read(down)));
      }),
    ),
  );
});

test('bad axes and shapes are refused', () => {
  owned((own) => {
    const x = own(Tensor.zeros([2, 3]));
    expect(() => sum(x, [2])).toThrow(code('bad-argument'));
    expect(() => sum(x, [-3])).toThrow(code('bad-argument'));
    expect(() => sum(x, [0.5])).toThrow(code('bad-argument'));
    expect(() => sum(x, [1, -1])).toThrow(code('bad-argument'));
    expect(() => sumTo(x, [2])).toThrow(code('shape'));
    expect(() => sumTo(x, [1, 2, 3])).toThrow(code('shape'));
  });
});
