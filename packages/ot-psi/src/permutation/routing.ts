/**
 * The switches' controls that make a network realise a permutation, by following loops (Waksman, JACM 1968, section 3; for odd blocks
 * Beauquier and Darrot 2002), level by level: 12 bytes a lane beside the result. Addresses and branches follow the
 * permutation, which is a secret of the party that computes this.
 */
import { TriadError } from '@triad/protocol';
import { allocate, memory, release } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { Network } from './network.js';

const checkPermutation = (permutation: Uint32Array, lanes: number): void => {
  const seen = new Uint8Array(lanes);
  for (const i of permutation) if (i < lanes) seen[i] = 1;
  if (permutation.length !== lanes || seen.includes(0)) {
    throw new TriadError(
      'bad-argument',
      `${permutation.length} numbers are no permutation of ${lanes} lanes`,
      {
        remedy: 'give every number from 0 once',
      },
    );
  }
};

/**
 * Controls of all switches in their order, a byte each: 0 straight, 1 crossed. Output i is input permutation[i]. Throws
 * `bad-argument` for what is no permutation of the network's lanes.
 */
export const route = (network: Network, permutation: Uint32Array): Uint8Array => {
  const { lanes, levels, layers, switches } = network;
  checkPermutation(permutation, lanes);
  const bytes = 3 * 4 * lanes + switches;
  const block = allocate(bytes);
  const controls = block + 3 * 4 * lanes;
  let [from, halves] = [block, block + 8 * lanes];
  new Uint32Array(memory.u8().buffer, from, lanes).set(permutation);
  for (let level = 0; level < levels; level++) {
    const before = controls + layers[level]!.start;
    // The deepest level has one layer only, and no switches after it.
    const after = controls + layers[2 * levels - 2 - level]!.start;
    kernels().routeLevel(from, block + 4 * lanes, halves, lanes, level, before, after);
    [from, halves] = [halves, from];
  }
  const out = memory.u8().slice(controls, controls + switches);
  release(block, bytes);
  return out;
};
