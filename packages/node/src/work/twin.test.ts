import { NdArray } from '@triad/layers';
import { describe, expect, it } from 'vitest';
import { rows, sample, trainingWork, twin } from '../fixture/training.js';
import { rowsInOrder, windows } from './order.js';
import { runInTheOpen } from './twin.js';

const tables = () => {
  const { x, y } = sample(rows);
  return { 'alice/x': NdArray.from(x), 'bob/y': NdArray.from(y) };
};

describe('a work in the open', () => {
  it('computes what its programs do, batch by batch', () => {
    const { w, cost } = runInTheOpen(trainingWork(3), { tables: tables() });
    expect([...w!.data]).toEqual([...twin(3)]);
    expect(cost!.shape).toEqual([3 * 7]);
  });

  it('begins with given weights', () => {
    const { w } = runInTheOpen(trainingWork(3), {
      tables: tables(),
      weights: { w: new NdArray([3, 1], twin(2)) },
    });
    for (const [i, value] of twin(5).entries()) expect(w!.data[i]!).toBeCloseTo(value, 12);
  });

  it('needs the tables of its inputs', () => {
    expect(() => runInTheOpen(trainingWork(1), { tables: {} })).toThrow(/no table for 'alice\/x'/);
  });

  it('takes rows as a job does: all of them, in an order of each key', () => {
    const key = new Uint8Array(16).fill(1);
    const pass = { rows: 70_001, columns: 3, batch: 100 };
    const order = rowsInOrder(pass, key);
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 70_001 }, (_, i) => i));
    expect(order).not.toEqual(rowsInOrder(pass, new Uint8Array(16)));
    expect(rowsInOrder({ rows: 5, columns: 1, batch: 2 }, undefined)).toEqual([0, 1, 2, 3, 4]);
  });

  it('takes rows of wide tables in windows that are small, and mixes them all the same', () => {
    const pass = { rows: 60_000, columns: 785, batch: 100 };
    const all = [...windows(pass, new Uint8Array(16))];
    for (const { rows } of all.slice(0, -1)) {
      expect(rows * pass.columns).toBeLessThanOrEqual(2 ** 23);
      expect(rows % pass.batch).toBe(0);
    }
    expect(all.reduce((sum, { rows }) => sum + rows, 0)).toBe(60_000);
    const first = all[0]!.ranges.map(({ start }) => start);
    expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(30_000);
    const [one] = [...windows({ rows: 10, columns: 2 ** 16, batch: 4 }, undefined)];
    expect(one!.rows).toBe(10);
    const [batch] = [...windows({ rows: 4000, columns: 2 ** 16, batch: 3000 }, undefined)];
    expect(batch!.rows).toBe(3000);
  });
});
