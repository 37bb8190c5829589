import { add, type Linear, sub, Tensor } from '@triad/ring';

/** Rows that are added or subtracted. */
export type Terms = readonly (readonly [row: number, sign: 1 | -1])[];

/** x [rows, ...] to [sums.length, ...]: each row a sum of rows of x. */
export const rowSums = (sums: readonly Terms[]): Linear => ({
  name: 'rowSums',
  attributes: {
    counts: sums.map((terms) => terms.length),
    rows: sums.flatMap((terms) => terms.map(([row]) => row)),
    signs: sums.flatMap((terms) => terms.map(([, sign]) => sign)),
  },
  shape: (x) => [sums.length, ...x!.slice(1)],
  apply: (x) => {
    const out = Tensor.zeros([sums.length, ...x!.shape.slice(1)]);
    for (const [i, terms] of sums.entries()) addTerms(out, i, x!, terms);
    return out;
  },
});

const addTerms = (out: Tensor, i: number, x: Tensor, terms: Terms): void => {
  const to = out.rows(i, i + 1);
  for (const [row, sign] of terms) {
    const from = x.rows(row, row + 1);
    (sign === 1 ? add : sub)(to, from, to);
    from.dispose();
  }
  to.dispose();
};
