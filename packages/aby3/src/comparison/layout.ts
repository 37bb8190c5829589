import type { Block } from './block.js';

/** Comparisons of a tile: bit i of a plane belongs to comparison i. */
export const lanes = 128;
/** Words of a plane. */
export const planeWords = 2;

/** Planes of a tile: monomials of the leaves' bits; then openings and monomials of the first four nodes, and of the last. */
const leaf = 232;
const openings = { first: 27, last: 6, top: 1 };
const monomials = { first: 81, last: 15 };

/** Where a party's streams and messages have what; all in bytes. */
export interface Layout {
  /** Length of each of the evaluators' openings. */
  readonly first: number;
  readonly last: number;
  readonly top: number;
  /** Of the masks of the three openings, one after the other. */
  readonly masks: number;
  /** What the dealer shares, one after the other: monomials of leaves, of masks, then the top bits as words. */
  readonly firstMonomials: number;
  readonly lastMonomials: number;
  readonly tops: number;
  readonly dealt: number;
}

const planeBytes = planeWords * 8;

export const layout = ({ tiles, comparisons, count }: Block, thresholds: number): Layout => {
  const of = (planes: number) => planes * comparisons * planeBytes;
  const firstMonomials = leaf * tiles * planeBytes;
  const lastMonomials = firstMonomials + of(monomials.first);
  const tops = lastMonomials + of(monomials.last);
  const { first, last, top } = openings;
  return {
    first: of(first),
    last: of(last),
    top: of(top),
    masks: of(first + last + top),
    firstMonomials,
    lastMonomials,
    tops,
    dealt: tops + thresholds * count * 8,
  };
};

/** Planes an evaluator keeps of each tile between openings. */
export const keptPlanes = 5;
