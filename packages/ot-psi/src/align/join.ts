/** What a run says of an owner's rows. */
export interface Matched {
  /** Rows whose keys are common, in the agreed order. */
  readonly rows: Uint32Array;
  /** Rows there are. */
  readonly size: number;
  /** Rows whose key an earlier row has, each followed by the first of those. */
  readonly repeats: Uint32Array;
}

/** Own rows whose keys are not common, in their own order; of repeated keys the first row. */
export const difference = ({ rows, size, repeats }: Matched): Uint32Array => {
  const out = new Uint8Array(size);
  for (const row of rows) out[row] = 1;
  for (let i = 0; i < repeats.length; i += 2) out[repeats[i]!] = 1;
  return Uint32Array.from({ length: size }, (_, row) => row).filter((row) => out[row] === 0);
};

/** All own rows, of repeated keys the first: common ones in the agreed order, then the others in their own. */
export const leftJoin = (matched: Matched): Uint32Array => {
  const others = difference(matched);
  const all = new Uint32Array(matched.rows.length + others.length);
  all.set(matched.rows);
  all.set(others, matched.rows.length);
  return all;
};
