/**
 * Permutation networks of any size (Beauquier and Darrot, "On arbitrary size Waksman networks and their vulnerability", Parallel
 * Processing Letters 2002; for powers of two Waksman, "A Permutation Network", JACM 1968): sum of ceil(log2 i) for i = 1 to n
 * switches, the fewest known with this recursion.
 *
 * A block of m lanes is floor(m / 2) switches on lanes (k, k + floor(m / 2)), then its two halves as blocks of their own, then
 * floor((m - 1) / 2) switches on the same lanes. An odd block's last lane belongs to the lower half and meets no switch. Blocks of
 * one depth form a level, with a layer of switches before the deeper levels and one after them.
 */
import { TriadError } from '@triad/protocol';

/** Switches that work at the same time. */
export interface Layer {
  readonly level: number;
  /** 0 before the deeper levels, 1 after them. */
  readonly last: 0 | 1;
  /** The number of its first switch: they count up in the order in which layers work, and by lanes within a layer. */
  readonly start: number;
  readonly switches: number;
}

export interface Network {
  readonly lanes: number;
  /** ceil(log2 lanes). */
  readonly levels: number;
  readonly switches: number;
  /** In the order in which they work. */
  readonly layers: readonly Layer[];
}

/** Lanes are numbered by 32 bits, and a control takes a byte of memory. */
export const maxLanes = 2 ** 26;

/** Switches of a layer: blocks of a level have floor(n / 2^level) lanes or one more. */
const layerSwitches = (lanes: number, level: number, last: 0 | 1): number => {
  const blocks = 2 ** level;
  const small = Math.floor(lanes / blocks);
  const large = lanes % blocks;
  return large * ((small + 1 - last) >> 1) + (blocks - large) * ((small - last) >> 1);
};

/** Throws `bad-argument` for what is no number of lanes up to `maxLanes`. */
export const waksman = (lanes: number): Network => {
  if (!(Number.isInteger(lanes) && lanes >= 0 && lanes <= maxLanes)) {
    throw new TriadError('bad-argument', `a network has up to ${maxLanes} lanes; got ${lanes}`, {
      remedy: 'permute a smaller set',
    });
  }
  let levels = 0;
  while (2 ** levels < lanes) levels++;
  const down = Array.from({ length: levels }, (_, level) => ({ level, last: 0 }) as const);
  // The deepest blocks have at most two lanes: one layer does.
  const up = down.slice(0, -1).map(({ level }) => ({ level, last: 1 }) as const);
  let switches = 0;
  const layers = [...down, ...up.reverse()].map(({ level, last }) => {
    const layer = { level, last, start: switches, switches: layerSwitches(lanes, level, last) };
    switches += layer.switches;
    return layer;
  });
  return { lanes, levels, switches, layers };
};

/** Switches of a batch, unless a single layer has more: 4 MiB of OT extension. */
const batchSwitches = 2 ** 18;

/** Whole layers in their order, grouped so that there are few batches and none is much larger than a layer. */
export const layerBatches = ({ layers }: Network): readonly (readonly Layer[])[] => {
  const batches: Layer[][] = [];
  let room = 0;
  for (const layer of layers) {
    if (layer.switches > room) {
      batches.push([]);
      room = Math.max(batchSwitches, layer.switches);
    }
    batches.at(-1)!.push(layer);
    room -= layer.switches;
  }
  return batches;
};
