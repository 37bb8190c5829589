import { memory, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { Noise } from './noise.js';
import type { VoleShape } from './parameter.js';
import { sumBytes, TreeExpander } from './tree.js';

const blockBytes = 16;

/** The receiver's tensors, a row for each tree (and level). */
export interface NoiseShares {
  /** The OT messages it chose. */
  readonly keys: Tensor;
  /** Its shares of delta * noise. */
  readonly shares: Tensor;
  /** The noise. */
  readonly values: Tensor;
}

/** Expands the receiver's trees, group by group. Whoever makes it disposes it. */
export class PuncturedGroup {
  readonly #expander: TreeExpander;
  readonly #choices: Tensor;

  constructor(
    readonly shape: VoleShape,
    readonly noise: Noise,
    readonly own: NoiseShares,
  ) {
    this.#expander = new TreeExpander(shape);
    this.#choices = Tensor.empty([Math.ceil(noise.choices.length / 8)]);
    memory.u8().set(noise.choices, this.#choices.ptr);
  }

  /** The pairs (a, c) of a group of trees from the sender's message, to the address `out`. */
  expand(first: number, message: Uint8Array, out: number): void {
    const { depth } = this.shape;
    const received = Tensor.fromBytes([message.length / 8], message);
    const count = message.length / (depth * sumBytes + blockBytes);
    const chosen = Tensor.empty([count * depth, 2]);
    const offset = first * depth;
    const keys = this.own.keys.ptr + offset * blockBytes;
    kernels().choosePairs(received.ptr, this.#choices.ptr + offset, keys, chosen.ptr, count * depth);
    const leafSums = received.ptr + count * depth * sumBytes;
    for (let i = 0; i < count; i++) {
      const messages = chosen.ptr + i * depth * blockBytes;
      this.#expandOne(
        first + i,
        messages,
        leafSums + i * blockBytes,
        out + i * this.shape.leaves * 2 * blockBytes,
      );
    }
    received.dispose();
    chosen.dispose();
  }

  dispose(): void {
    this.#expander.dispose();
    this.#choices.dispose();
  }

  #expandOne(tree: number, messages: number, leafSum: number, out: number): void {
    const { leaves } = this.shape;
    const { shares, values } = this.own;
    const at = this.noise.places[tree]!;
    const made = this.#expander.expandPunctured({ at, messages });
    // The missing leaf plus delta * noise: the sender's sum, less the known leaves and this party's share.
    kernels().addSum(made, leaves, leafSum);
    kernels().addBlocks(leafSum, shares.ptr + tree * blockBytes, leafSum, 1);
    kernels().interleave(made, leaves, at, values.ptr + tree * blockBytes, leafSum, out);
  }
}
