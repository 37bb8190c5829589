import { seededBytes } from '@triad/protocol';
import { memory, Prg, Tensor } from '@triad/ring';
import { describe, expect, test } from 'vitest';
import { kernels } from '../kernel.js';
import { keySet } from '../key/key-set.js';
import { clusterRange, Okvs } from './okvs.js';
import { denseBlocks, okvsShape } from './shape.js';

const random = (seed: number, blocks: number): Tensor => {
  const out = Tensor.empty([blocks, 2]);
  new Prg(seededBytes(seed, 0)(16)).fill(0, 0, 0, out);
  return out;
};

/** Encodes random values of n random keys over what `initial` holds, and decodes them and others. */
const encodeAndDecode = (n: number, initial: (blocks: number) => Tensor) => {
  const shape = okvsShape(n);
  const okvs = new Okvs(shape, seededBytes(n, 1)(16));
  const set = keySet(random(1, n));
  const values = random(2, n);
  const blocks = initial(shape.blocks);
  const decoded = Tensor.empty([n, 2]);
  for (let cluster = 0; cluster < 2 ** shape.clusterBits; cluster++) {
    const { from, to } = clusterRange(set, cluster, shape.clusterBits);
    const at = blocks.ptr + cluster * shape.clusterBlocks * 16;
    const digests = set.digests.ptr + from * 16;
    okvs.encode(digests, to - from, values.ptr + from * 16, at);
    okvs.open(at);
    okvs.decode(digests, to - from, at, decoded.ptr + from * 16);
  }
  const out = { values: values.toBytes(), decoded: decoded.toBytes(), blocks: blocks.toBytes() };
  for (const tensor of [values, blocks, decoded]) tensor.dispose();
  set.dispose();
  okvs.dispose();
  return out;
};

test.each([0, 1, 2, 50, 5000, 16_384, 40_000, 200_000])('an OKVS of %i keys decodes to their values', (n) => {
  const before = memory.liveBytes;
  const { values, decoded } = encodeAndDecode(n, (blocks) => Tensor.zeros([blocks, 2]));
  expect(Buffer.compare(decoded, values)).toBe(0);
  expect(memory.liveBytes).toBe(before);
});

test('random blocks stay random where the equations leave them free', () => {
  const { values, decoded, blocks } = encodeAndDecode(3000, (count) => random(3, count));
  expect(Buffer.compare(decoded, values)).toBe(0);
  const counts = new Array<number>(256).fill(0);
  for (const byte of blocks) counts[byte]!++;
  const mean = blocks.length / 256;
  // Chi-square of 255 degrees of freedom: mean 255, deviation 22.6; five deviations.
  expect(counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0)).toBeLessThan(368);
});

describe('rows that do not peel', () => {
  /** Rows over so few columns that many are left in the core. */
  const solve = (n: number, columns: number, seed: number) => {
    const [rows, values] = [random(seed, n), random(seed + 1, n)];
    const blocks = random(seed + 2, columns + denseBlocks);
    const scratch = Tensor.empty([Math.ceil(kernels().okvsScratchBytes(n, columns) / 8)]);
    const tables = Tensor.empty([6 * 128, 2]);
    const gap = kernels().okvsEncode(rows.ptr, n, columns, values.ptr, blocks.ptr, tables.ptr, scratch.ptr);
    const decoded = Tensor.empty([n, 2]);
    kernels().denseTables(blocks.ptr + 16 * columns, tables.ptr);
    kernels().okvsDecode(rows.ptr, n, columns, blocks.ptr, tables.ptr, decoded.ptr);
    const right = Buffer.compare(decoded.toBytes(), values.toBytes()) === 0;
    for (const tensor of [rows, values, blocks, scratch, tables, decoded]) tensor.dispose();
    return { gap, right };
  };

  test('are solved by the dense blocks', () => {
    const gaps = Array.from({ length: 200 }, (_, seed) => solve(60, 62, 10 * seed));
    for (const { gap, right } of gaps) if (gap >= 0) expect(right).toBe(true);
    expect(gaps.filter(({ gap }) => gap > 0).length).toBeGreaterThan(100);
  });

  test('are reported where there is no solution', () => {
    expect(solve(200, 100, 1).gap).toBe(-1);
  });
});

test('clusters have room for their keys, and more keys never need fewer blocks', () => {
  let before = 0;
  for (let n = 1; n <= 2 ** 24; n = Math.ceil(n * 1.3)) {
    const { clusterBits, columns, blocks } = okvsShape(n);
    expect(n / 2 ** clusterBits).toBeLessThanOrEqual(2 ** 14);
    expect(columns).toBeLessThan(2 ** 16);
    expect(columns * 2 ** clusterBits).toBeGreaterThan(1.26 * n);
    expect(blocks).toBeGreaterThan(0.9 * before);
    before = blocks;
  }
});
