import { lanes } from './layout.js';

/** A run of elements that is compared on its own, so that its messages travel while the next is computed. */
export interface Block {
  /** Its place among the blocks. */
  readonly index: number;
  /** First element. */
  readonly start: number;
  readonly count: number;
  /** Tiles of its elements, and of its comparisons: those of each threshold start a tile. */
  readonly tiles: number;
  readonly comparisons: number;
}

/** Comparisons in a block: what keeps its planes in the cache. */
const target = 1 << 16;
const maxBlocks = 60;

/** Elements cut into blocks of whole tiles, all alike but the last. */
export const blocks = (elements: number, thresholds: number): Block[] => {
  const least = Math.max(target / thresholds, elements / maxBlocks);
  const length = Math.ceil(least / lanes) * lanes;
  return Array.from({ length: Math.ceil(elements / length) }, (_, index) => {
    const start = index * length;
    const count = Math.min(length, elements - start);
    const tiles = Math.ceil(count / lanes);
    return { index, start, count, tiles, comparisons: tiles * thresholds };
  });
};
