import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bilinear, bilinear } from './bilinear.js';
import type { Conv2dOptions } from './conv2d.js';
import { broadcastPair, filled } from './fixture/arbitrary.js';
import { code, owned } from './fixture/owned.js';
import { binary, conv2d, dot, type Reference, read } from './fixture/reference.js';
import type { Shape } from './shape.js';
import { Tensor } from './tensor.js';

/** A bilinear map with operands it takes, and what it should give. */
interface Example {
  readonly map: Bilinear;
  readonly x: Shape;
  readonly y: Shape;
  reference?(x: Reference, y: Reference): Reference;
}

const mulExample = broadcastPair.map(
  ([x, y]): Example => ({
    map: bilinear.mul(),
    x,
    y,
    reference: (a, b) => binary(a, b, (p, q) => p * q),
  }),
);

const dotExample = fc.array(fc.nat(4), { maxLength: 3 }).map(
  (shape): Example => ({
    map: bilinear.dot(),
    x: shape,
    y: shape,
    reference: (a, b) => ({ shape: [], values: [dot(a, b)] }),
  }),
);

const extent = fc.integer({ min: 1, max: 9 });

/** Stacks of matrices; products of single ones are tested with gemm. */
const matmulExample = fc
  .tuple(broadcastPair, extent, extent, extent, fc.boolean(), fc.boolean())
  .map(([[xLead, yLead], m, k, n, transposeX, transposeY]): Example => {
    const lead = [xLead.slice(-2), yLead.slice(-2)] as const;
    return {
      map: bilinear.matmul({ transposeX, transposeY }),
      x: [...lead[0], ...(transposeX ? [k, m] : [m, k])],
      y: [...lead[1], ...(transposeY ? [n, k] : [k, n])],
    };
  });

const two = (min: number, max: number) =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })) as fc.Arbitrary<[number, number]>;

const convExample = fc
  .record({
    stride: two(1, 3),
    padding: two(0, 2),
    dilation: two(1, 2),
    groups: fc.integer({ min: 1, max: 2 }),
    kernel: two(1, 3),
    slack: two(0, 4),
    counts: fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 3 })),
  })
  .map(({ stride, padding, dilation, groups, kernel, slack, counts }): Example => {
    const side = (i: 0 | 1) =>
      Math.max(dilation[i] * (kernel[i] - 1) + 1 + slack[i] - 2 * padding[i], 1) + (slack[i] % 2);
    const [batch, channels, outputs] = counts;
    const options = { stride, padding, dilation, groups };
    return {
      map: bilinear.conv2d(options),
      x: [batch, channels * groups, side(0), side(1)],
      y: [outputs * groups, channels, ...kernel],
      reference: (a, b) => conv2d(a, b, options),
    };
  });

const examples = [
  ['mul', mulExample],
  ['dot', dotExample],
  ['matmul', matmulExample],
  ['conv2d', convExample],
] as const;

describe.each(examples)('%s', (name, example) => {
  const check = (body: (example: Example, seed: number) => void) =>
    fc.assert(
      fc.property(example, fc.nat(1000), (it, seed) => body(it, seed)),
      { numRuns: 80 },
    );

  test('equals the reference, and says its shape', () => {
    check(({ map, x, y, reference }, seed) =>
      owned((own) => {
        const [a, b] = [own(filled(x, seed)), own(filled(y, seed + 1))];
        const result = own(map.apply(a, b));
        expect(result.shape).toEqual(map.shape(x, y));
        if (reference) expect(read(result)).toEqual(reference(read(a), read(b)));
      }),
    );
  });

  test('adds to `into`', () => {
    check(({ map, x, y }, seed) =>
      owned((own) => {
        const [a, b] = [own(filled(x, seed)), own(filled(y, seed + 1))];
        const product = own(map.apply(a, b));
        const into = own(filled(product.shape, seed + 2));
        const expected = binary(read(into), read(product), (p, q) => p + q);
        expect(map.apply(a, b, into)).toBe(into);
        expect(read(into)).toEqual(expected);
      }),
    );
  });

  test('<f(x, y), g> = <x, adjointX(g, y)> = <y, adjointY(x, g)>, adjoints of adjoints included', () => {
    check(({ map, x, y }, seed) =>
      owned((own) => {
        const z = map.shape(x, y);
        const [a, b, g] = [own(filled(x, seed)), own(filled(y, seed + 1)), own(filled(z, seed + 2))];
        const [byX, byY] = [map.adjointX(x, y), map.adjointY(x, y)];
        const value = dot(read(own(map.apply(a, b))), read(g));
        const sides = [
          [a, byX.apply(g, b)],
          [b, byY.apply(a, g)],
          // The gradient of <adjointX(g, y), x> by g is f(x, y), by y adjointY(x, g); and so on.
          [g, byX.adjointX(z, y).apply(a, b)],
          [b, byX.adjointY(z, y).apply(g, a)],
          [a, byY.adjointX(x, z).apply(b, g)],
          [g, byY.adjointY(x, z).apply(a, b)],
        ] as const;
        for (const [operand, gradient] of sides) {
          own(gradient);
          expect(gradient.shape).toEqual(operand.shape);
          expect(dot(read(operand), read(gradient))).toBe(value);
        }
      }),
    );
  });

  test('adjoints say their shapes, and take no others', () => {
    check(({ map, x, y }) => {
      const z = map.shape(x, y);
      const [byX, byY] = [map.adjointX(x, y), map.adjointY(x, y)];
      expect([byX.shape(z, y), byY.shape(x, z)]).toEqual([x, y]);
      expect(() => byX.shape([...z, 1], y)).toThrow(code('shape'));
      expect(() => byX.adjointX(z, [...y, 1])).toThrow(code('shape'));
      expect(() => byY.adjointY([...x, 1], z)).toThrow(code('shape'));
    });
  });

  test('name and attributes tell it and its adjoints apart, as JSON', () => {
    check(({ map, x, y }) => {
      const key = (it: Bilinear) => JSON.stringify([it.name, it.attributes]);
      expect(map.name).toBe(name);
      expect(new Set([map, map.adjointX(x, y), map.adjointY(x, y)].map(key)).size).toBe(3);
      expect(JSON.parse(key(map))).toEqual([map.name, map.attributes]);
    });
  });

  test('refuses an `into` of another shape', () => {
    check(({ map, x, y }) =>
      owned((own) => {
        const [a, b] = [own(Tensor.zeros(x)), own(Tensor.zeros(y))];
        const into = own(Tensor.zeros([...map.shape(x, y), 1]));
        expect(() => map.apply(a, b, into)).toThrow(code('shape'));
      }),
    );
  });
});

test('shapes that do not fit are refused', () => {
  const wrong: [Bilinear, Shape, Shape][] = [
    [bilinear.mul(), [2], [3]],
    [bilinear.dot(), [2], [1]],
    [bilinear.matmul(), [2, 3], [4, 5]],
    [bilinear.matmul({ transposeX: true }), [2, 3], [3, 2]],
    [bilinear.matmul(), [3], [3, 2]],
    [bilinear.matmul(), [2, 2, 3], [3, 3, 2]],
    [bilinear.conv2d(), [1, 1, 4], [1, 1, 2, 2]],
    [bilinear.conv2d(), [1, 2, 4, 4], [1, 1, 2, 2]],
    [bilinear.conv2d(), [1, 1, 4, 4], [1, 1, 5, 2]],
    [bilinear.conv2d({ groups: 2 }), [1, 2, 4, 4], [1, 1, 2, 2]],
    [bilinear.conv2d({ groups: 0 }), [1, 2, 4, 4], [1, 1, 2, 2]],
  ];
  for (const [map, x, y] of wrong) expect(() => map.shape(x, y)).toThrow(code('shape'));
});

test('windows are whole numbers', () => {
  const wrong: Conv2dOptions[] = [{ stride: 0 }, { padding: -1 }, { dilation: [1, 0.5] }];
  for (const options of wrong) {
    expect(() => bilinear.conv2d(options)).toThrow(code('bad-argument'));
  }
});
