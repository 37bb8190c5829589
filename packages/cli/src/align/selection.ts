import { badArgument } from '../bad-argument.js';

/** What is asked of two owners' keys. */
export const modes = ['intersection', 'cardinality', 'difference', 'left-join'] as const;
export type Mode = (typeof modes)[number];

/** What a run says of an owner's rows. */
export interface Matched {
  /** Rows whose keys are common, in the agreed order. */
  readonly rows: Uint32Array;
  /** Rows there are. */
  readonly size: number;
  /** Rows whose key an earlier row has, each followed by the first of those. */
  readonly repeats: Uint32Array;
}

/**
 * Own rows a mode asks for, of repeated keys the first: common ones in the agreed order; those that are not common in their own order; or
 * these behind those.
 */
export const select = (mode: Mode, matched: Matched): Uint32Array => {
  if (mode === 'intersection') return matched.rows;
  if (mode === 'difference') return unmatched(matched);
  if (mode === 'left-join') return joined(matched.rows, unmatched(matched));
  throw badArgument(`${mode} chooses no rows`, 'choose another --mode');
};

const unmatched = ({ rows, size, repeats }: Matched): Uint32Array => {
  const out = new Uint8Array(size);
  for (const row of rows) out[row] = 1;
  for (let i = 0; i < repeats.length; i += 2) out[repeats[i]!] = 1;
  return Uint32Array.from({ length: size }, (_, row) => row).filter((row) => out[row] === 0);
};

const joined = (first: Uint32Array, second: Uint32Array): Uint32Array => {
  const all = new Uint32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
};
