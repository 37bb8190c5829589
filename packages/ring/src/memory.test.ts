import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bilinear } from './bilinear.js';
import { add, sub } from './elementwise.js';
import { allocate, memory, release } from './memory.js';
import { Tensor } from './tensor.js';

it('hands out blocks that are aligned, apart, and inside the memory', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 30 }), (sizes) => {
      const before = memory.liveBytes;
      const blocks = sizes.map((bytes) => ({ ptr: allocate(bytes), bytes }));
      const sorted = [...blocks].sort((a, b) => a.ptr - b.ptr);
      for (const [i, { ptr, bytes }] of sorted.entries()) {
        expect(ptr % 16).toBe(0);
        expect(ptr).toBeGreaterThan(0);
        const end = ptr + Math.max(16, Math.ceil(bytes / 16) * 16);
        expect(end).toBeLessThanOrEqual(sorted[i + 1]?.ptr ?? memory.wasm.buffer.byteLength);
      }
      for (const { ptr, bytes } of blocks) release(ptr, bytes);
      expect(memory.liveBytes).toBe(before);
    }),
  );
});

it('gives a released block to the next who wants as much', () => {
  const ptr = allocate(1000);
  release(ptr, 1000);
  const again = allocate(1000);
  expect(again).toBe(ptr);
  release(again, 1000);
});

it('does not grow over 100 000 steps of recurring shapes', () => {
  const before = memory.liveBytes;
  const x = Tensor.zeros([10, 13]);
  const w = Tensor.zeros([13, 1]);
  const product = bilinear.matmul();
  const gradient = product.adjointY([10, 13], [13, 1]);
  let reserved = 0;
  for (let step = 0; step < 100_000; step++) {
    const y = product.apply(x, w);
    const g = gradient.apply(x, y);
    sub(w, g, w);
    const z = add(y, y);
    for (const tensor of [y, g, z]) tensor.dispose();
    if (step === 10) reserved = memory.wasm.buffer.byteLength;
  }
  expect(memory.wasm.buffer.byteLength).toBe(reserved);
  x.dispose();
  w.dispose();
  expect(memory.liveBytes).toBe(before);
});

it('says how much is in use when there is no room, and goes on working', () => {
  const before = memory.liveBytes;
  expect(() => Tensor.empty([2 ** 29])).toThrow(expect.objectContaining({ code: 'memory' }));
  expect(memory.liveBytes).toBe(before);
  const x = Tensor.from([1], [7]);
  expect(x.toBigInts()).toEqual([7n]);
  x.dispose();
});

/** Blocks of one size until there is no room for another. */
const fill = (bytes: number): number[] => {
  const blocks: number[] = [];
  for (;;)
    try {
      blocks.push(allocate(bytes));
    } catch {
      return blocks;
    }
};

const MiB = 2 ** 20;

it('gives what small blocks have used to large ones, and the other way round', () => {
  const before = memory.liveBytes;
  for (const bytes of [48 * MiB, 100 * MiB, 17 * MiB, 1000 * MiB, 5 * MiB]) {
    const blocks = fill(bytes);
    expect(blocks.length * bytes).toBeGreaterThan(2.5 * 2 ** 30);
    for (const ptr of blocks) release(ptr, bytes);
    expect(memory.liveBytes).toBe(before);
  }
});

it('hands out no byte twice when memory is scarce', () => {
  const before = memory.liveBytes;
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ bytes: fc.integer({ min: 1, max: 300 * MiB }), keep: fc.integer({ min: 1, max: 12 }) }),
        {
          minLength: 40,
          maxLength: 80,
        },
      ),
      (requests) => {
        const held: { ptr: number; bytes: number }[] = [];
        for (const { bytes, keep } of requests) {
          try {
            held.push({ ptr: allocate(bytes), bytes });
          } catch {
            // Memory is full.
          }
          while (held.length > 2 * keep) {
            const [gone] = held.splice(keep % held.length, 1);
            release(gone!.ptr, gone!.bytes);
          }
          const sorted = [...held].sort((a, b) => a.ptr - b.ptr);
          for (const [i, block] of sorted.entries())
            expect(block.ptr + block.bytes).toBeLessThanOrEqual(
              sorted[i + 1]?.ptr ?? memory.wasm.buffer.byteLength,
            );
        }
        for (const { ptr, bytes } of held) release(ptr, bytes);
        expect(memory.liveBytes).toBe(before);
      },
    ),
  );
});
