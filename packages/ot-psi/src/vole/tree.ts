/**
 * GGM trees (Goldreich, Goldwasser, Micali 1986) as puncturable pseudorandom functions: a node's children are AES(node) + node under two fixed
 * public keys. The holder of a root knows all leaves; whoever has, for each level, the sum of the children on the side that the path to
 * one leaf does not take, learns all leaves but that one (Boyle et al., "Efficient Two-Round OT Extension and Silent
 * Non-Interactive Secure Computation", CCS 2019, section 4).
 *
 * Only as many nodes as the first `leaves` leaves need are made.
 */
import { Aes, allocate, memory, release } from '@triad/ring';
import { kernels } from '../kernel.js';
import type { VoleShape } from './parameter.js';

const blockBytes = 16;
/** The sums of a level: of all left children and of all right ones. */
export const sumBytes = 2 * blockBytes;

/** Fixed keys: the first 128 bits of the hexadecimal expansion of pi, and the next. */
const leftKey = [
  0x24, 0x3f, 0x6a, 0x88, 0x85, 0xa3, 0x08, 0xd3, 0x13, 0x19, 0x8a, 0x2e, 0x03, 0x70, 0x73, 0x44,
];
const rightKey = [
  0xa4, 0x09, 0x38, 0x22, 0x29, 0x9f, 0x31, 0xd0, 0x08, 0x2e, 0xfa, 0x98, 0xec, 0x4e, 0x6c, 0x89,
];

/** What the owner of a punctured tree knows. */
export interface Puncture {
  /** The leaf it does not know. */
  readonly at: number;
  /** Address of a block for each level: the sum of the side that the path does not take. */
  readonly messages: number;
}

/** Expands trees of one shape, one after the other. Whoever makes it disposes it. */
export class TreeExpander {
  readonly #left = new Aes(Uint8Array.from(leftKey));
  readonly #right = new Aes(Uint8Array.from(rightKey));
  readonly #room: number;
  readonly #block: number;
  /** Nodes, their children, and encryptions under either key. */
  readonly #buffers: readonly [number, number, number, number];
  /** Children of a node of zeros. */
  readonly #constants: number;

  constructor(readonly shape: VoleShape) {
    this.#room = (shape.leaves + 2) * blockBytes;
    this.#block = allocate(4 * this.#room + sumBytes);
    const buffer = (i: number) => this.#block + i * this.#room;
    this.#buffers = [buffer(0), buffer(1), buffer(2), buffer(3)];
    this.#constants = buffer(4);
    memory.u8().fill(0, this.#constants, this.#constants + sumBytes);
    this.#left.encrypt(this.#constants, this.#constants, 1);
    this.#right.encrypt(this.#constants + blockBytes, this.#constants + blockBytes, 1);
  }

  /** All leaves from a root, and each level's sums (32 bytes) to `sums`. Returns the leaves' address: valid until the next call. */
  expand(root: number, sums: number): number {
    return this.#grow(root, sums);
  }

  /** All leaves but the punctured one, which is zero. */
  expandPunctured(puncture: Puncture): number {
    const sums = allocate(this.shape.depth * sumBytes);
    const zero = this.#buffers[0];
    memory.u8().fill(0, zero, zero + blockBytes);
    const leaves = this.#grow(zero, sums, puncture);
    release(sums, this.shape.depth * sumBytes);
    return leaves;
  }

  dispose(): void {
    release(this.#block, 4 * this.#room + sumBytes);
  }

  #grow(root: number, sums: number, puncture?: Puncture): number {
    const { leaves, depth } = this.shape;
    let [nodes, children, left, right] = this.#buffers;
    memory.u8().copyWithin(nodes, root, root + blockBytes);
    for (let level = 0; level < depth; level++) {
      const below = depth - level;
      const n = Math.ceil(leaves / 2 ** below);
      const levelSums = sums + level * sumBytes;
      this.#left.encrypt(nodes, left, n);
      this.#right.encrypt(nodes, right, n);
      kernels().ggmLevel(nodes, left, right, n, children, levelSums);
      if (puncture !== undefined) {
        const path = Math.floor(puncture.at / 2 ** (below - 1));
        const message = puncture.messages + level * blockBytes;
        kernels().punctureLevel(children, n, path >>> 1, path & 1, levelSums, message, this.#constants);
      }
      [nodes, children] = [children, nodes];
    }
    return nodes;
  }
}
