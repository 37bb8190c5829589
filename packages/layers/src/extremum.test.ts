import { describe, expect, it } from 'vitest';
import { runPlain } from './fixture/encrypted.js';
import { data, layers, NdArray, program, reveal, type Variable } from './index.js';

/** f of x on the plaintext protocol. */
const compute = async (x: NdArray, f: (x: Variable) => Variable): Promise<NdArray> => {
  const p = program(() => {
    reveal(f(data({ name: 'x', shape: x.shape })), 'all', 'y');
  });
  return (await runPlain(p, { x }, ['y']))[0]!;
};

/** Rows of small whole numbers, so that many are equal. */
const rows = (count: number, length: number): NdArray => {
  const values = Float64Array.from(
    { length: count * length },
    (_, i) => ((i * 7919 + (i >> 3) * 31) % 11) - 5,
  );
  return new NdArray([count, length], values);
};

const rowOf = ({ data, shape }: NdArray, i: number): number[] => {
  const length = shape.at(-1)!;
  return [...data.subarray(i * length, (i + 1) * length)];
};

describe.each([1, 2, 3, 7, 10, 16, 17, 40])('along %d values', (length) => {
  const x = rows(20, length);
  const all = Array.from({ length: 20 }, (_, i) => rowOf(x, i));

  it('reduceMax and reduceMin find the largest and smallest', async () => {
    expect([...(await compute(x, layers.reduceMax)).data]).toEqual(all.map((row) => Math.max(...row)));
    expect([...(await compute(x, layers.reduceMin)).data]).toEqual(all.map((row) => Math.min(...row)));
  });

  it('argmax marks the first of the largest', async () => {
    const marks = await compute(x, layers.argmax);
    const expected = all.flatMap((row) => row.map((_, i) => (i === row.indexOf(Math.max(...row)) ? 1 : 0)));
    expect([...marks.data]).toEqual(expected);
  });

  it('topK sorts', async () => {
    const k = Math.min(length, 3);
    const values = await compute(x, (v) => layers.topK(v, k).values);
    expect([...values.data]).toEqual(all.flatMap((row) => row.toSorted((a, b) => b - a).slice(0, k)));
    const places = await compute(x, (v) => layers.topK(v, k).places);
    for (const [i, row] of all.entries()) {
      const order = row.map((_, j) => j).sort((a, b) => row[b]! - row[a]! || a - b);
      for (let r = 0; r < k; r++) expect(rowOf(places, i * k + r).indexOf(1)).toBe(order[r]);
    }
  });
});
