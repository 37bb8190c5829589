import { NdArray } from '@triad/layers';
import { describe, expect, it } from 'vitest';
import { rows, sample, trainingWork, twin } from '../fixture/training.js';
import { rowsInOrder } from './order.js';
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
    const order = rowsInOrder(70_001, 100, key);
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 70_001 }, (_, i) => i));
    expect(order).not.toEqual(rowsInOrder(70_001, 100, new Uint8Array(16)));
    expect(rowsInOrder(5, 2, undefined)).toEqual([0, 1, 2, 3, 4]);
  });
});
