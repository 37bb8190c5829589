/**
 * Sizes of an OKVS of n keys, from n alone, so that both sides compute the same. All arithmetic is IEEE addition, product,
 * quotient and square root, which are exact or correctly rounded on every platform.
 */
export interface OkvsShape {
  /** Clusters are 2^clusterBits; a key's cluster is its digest's leading bits. */
  readonly clusterBits: number;
  /** Columns of one cluster. */
  readonly columns: number;
  /** Blocks of one cluster: the columns and the dense blocks. */
  readonly clusterBlocks: number;
  /** Blocks of all. */
  readonly blocks: number;
}

/** Dense blocks: 2 for the gap that the expansion allows, 40 so that dependent rows have probability 2^-40. */
export const denseBlocks = 42;

/** Keys of a cluster on average, at most: its columns then fit into the second-level cache. */
const clusterKeys = 2 ** 14;
const statisticalBits = 40;

/**
 * The most keys one of 2^bits clusters gets but with probability 2^-40, by Bernstein's inequality and the union bound:
 * mean + t with t^2 = 2 L (mean + t / 3), L = ln(2^40 2^bits).
 */
export const clusterCapacity = (keys: number, bits: number): number => {
  if (bits === 0) return keys;
  const mean = keys / 2 ** bits;
  const third = ((statisticalBits + bits) * Math.LN2) / 3;
  return Math.ceil(mean + third + Math.sqrt(third * third + 6 * third * mean));
};

/**
 * Columns a key, by the least number of keys: e = 49.2 / L + 1.223 with L = 2^(0.555 log2 n + 2.336) leaves a gap of more than 2 rows with
 * probability 2^-40 (Raghuraman and Rindal, "Blazing Fast PSI from Improved OKVS and Subfield VOLE", CCS 2022, section 4.1, weight 3).
 * Smaller sets are encoded as if they had 2^13 keys.
 */
const expansions = [
  [2 ** 14, 1.2677],
  [1.5 * 2 ** 13, 1.2755],
  [2 ** 13, 1.2887],
] as const;

export const okvsShape = (keys: number): OkvsShape => {
  let clusterBits = 0;
  while (clusterKeys * 2 ** clusterBits < keys) clusterBits++;
  const capacity = Math.max(clusterCapacity(keys, clusterBits), 2 ** 13);
  const [, expansion] = expansions.find(([least]) => capacity >= least)!;
  const columns = Math.ceil(capacity * expansion);
  const clusterBlocks = columns + denseBlocks;
  return { clusterBits, columns, clusterBlocks, blocks: clusterBlocks * 2 ** clusterBits };
};
