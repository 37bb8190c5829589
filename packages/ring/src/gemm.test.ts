import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bilinear } from './bilinear.js';
import { filled } from './fixture/arbitrary.js';
import { binary, matmul, read, swapLast } from './fixture/reference.js';
import { gemm } from './gemm.js';
import { memory } from './memory.js';
import { Tensor } from './tensor.js';

/** Words with few carries between them hide errors; these have all 64 bits. */
const check = (m: number, k: number, n: number, transposeX: boolean, transposeY: boolean): void => {
  const x = filled(transposeX ? [k, m] : [m, k], 1);
  const y = filled(transposeY ? [n, k] : [k, n], 2);
  const z = filled([m, n], 3);
  const before = read(z);
  bilinear.matmul({ transposeX, transposeY }).apply(x, y, z);
  const [a, b] = [transposeX ? swapLast(read(x)) : read(x), transposeY ? swapLast(read(y)) : read(y)];
  const product = matmul(a, b);
  expect(read(z)).toEqual(binary(before, product, (p, q) => p + q));
  for (const tensor of [x, y, z]) tensor.dispose();
};

const layouts = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

describe.each(layouts)('transposed operands: %s %s', (transposeX, transposeY) => {
  test('any extents', () => {
    const extent = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(extent, extent, extent, (m, k, n) => check(m, k, n, transposeX, transposeY)),
      { numRuns: 60 },
    );
  });

  // More rows, columns and products than are packed at a time, and remainders of each.
  test.each([
    [17, 257, 9],
    [8, 300, 528],
    [35, 8, 16],
    [9, 513, 8],
    [10, 13, 1],
    [1, 13, 10],
    [128, 13, 1],
    [7, 100, 40],
  ])('[%i, %i] by [., %i]', (m, k, n) => check(m, k, n, transposeX, transposeY));
});

test('the result may be transposed', () => {
  const [x, y, z] = [filled([11, 9], 1), filled([9, 10], 2), Tensor.zeros([10, 11])];
  gemm(
    { ptr: x.ptr, row: 9, col: 1 },
    { ptr: y.ptr, row: 10, col: 1 },
    { ptr: z.ptr, row: 1, col: 11 },
    { m: 11, n: 10, k: 9 },
  );
  expect(swapLast(read(z))).toEqual(matmul(read(x), read(y)));
  for (const tensor of [x, y, z]) tensor.dispose();
});

test('products of extreme words are exact', () => {
  const edges = [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 32n, 2n ** 32n - 1n, -(2n ** 32n)];
  const x = Tensor.from([8, 1], edges);
  const y = Tensor.from([1, 8], edges);
  const left = Tensor.from(
    [8, 8],
    Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? edges[i / 9]! : 0n)),
  );
  const outer = bilinear.matmul().apply(x, y);
  const product = bilinear.matmul().apply(left, outer);
  expect(read(outer)).toEqual(matmul(read(x), read(y)));
  expect(read(product)).toEqual(matmul(read(left), read(outer)));
  for (const tensor of [x, y, left, outer, product]) tensor.dispose();
});

test('scratch memory is given back', () => {
  const before = memory.liveBytes;
  check(40, 300, 24, true, false);
  expect(memory.liveBytes).toBe(before);
});
