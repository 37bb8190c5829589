/**
 * An oblivious key-value store over GF(2^128): `encode` finds blocks such that each key's row sums to the key's value; a row is three of its
 * cluster's columns and a random combination of its 42 dense blocks (Raghuraman and Rindal, CCS 2022, section 4; the dense part is
 * binary). Keys are 16-byte digests; their leading bits choose the cluster, a hash of them under `rowKey` the row.
 *
 * The values are the secret here; which columns a key's row names is public to whoever knows the key. What is left free by the equations
 * keeps what `blocks` held: uniform blocks make the encoding of random values uniform, hence independent of the keys; zeros do where the
 * encoding is masked anyway.
 */
import { TriadError } from '@triad/protocol';
import { Aes, allocate, memory, release } from '@triad/ring';
import { kernels } from '../kernel.js';
import { firstOf, type KeySet } from '../key/key-set.js';
import type { OkvsShape } from './shape.js';

const blockBytes = 16;
const tableBytes = 6 * 128 * blockBytes;

/** The items of one cluster: a range of a sorted set. */
export interface ClusterRange {
  readonly from: number;
  readonly to: number;
}

export const clusterRange = (
  set: Pick<KeySet, 'digests' | 'size'>,
  cluster: number,
  bits: number,
): ClusterRange => ({
  from: firstOf(set, cluster, bits),
  to: cluster + 1 === 2 ** bits ? set.size : firstOf(set, cluster + 1, bits),
});

/** Blocks hashed at a time. */
const pieceBlocks = 4096;
const piece = allocate(pieceBlocks * blockBytes);

/** AES as a hash of blocks: x -> AES(x) + x, under a public key; `out` may be `x`. */
export const hashBlocks = (aes: Aes, x: number, out: number, n: number): void => {
  for (let i = 0; i < n; i += pieceBlocks) {
    const count = Math.min(pieceBlocks, n - i);
    aes.encrypt(x + i * blockBytes, piece, count);
    kernels().addBlocks(x + i * blockBytes, piece, out + i * blockBytes, count);
  }
};

/** Encodes and decodes clusters of one shape. Whoever makes it disposes it. */
export class Okvs {
  readonly #rowHash: Aes;
  readonly #tables = allocate(tableBytes);
  #rowRoom = 0;
  #rows = 0;

  /** `rowKey` has 16 bytes, public and chosen after the keys. */
  constructor(
    readonly shape: OkvsShape,
    rowKey: Uint8Array,
  ) {
    this.#rowHash = new Aes(rowKey);
  }

  /**
   * `n` digests of one cluster and their values, at addresses, into the cluster's blocks. Throws `limit` where there is no solution:
   * with probability 2^-39 a cluster, 2^-33 for a set of 2^20.
   */
  encode(digests: number, n: number, values: number, blocks: number): void {
    const { columns } = this.shape;
    const rows = this.#rowsOf(digests, n);
    const bytes = kernels().okvsScratchBytes(n, columns);
    const scratch = allocate(bytes);
    const gap = kernels().okvsEncode(rows, n, columns, values, blocks, this.#tables, scratch);
    release(scratch, bytes);
    if (gap < 0) {
      throw new TriadError('limit', `${n} keys have no encoding in ${columns} columns`, {
        remedy: 'start again: a new session draws other rows',
      });
    }
  }

  /** Prepares decoding from a cluster's blocks, which are not read again but for their columns. */
  open(blocks: number): void {
    kernels().denseTables(blocks + this.shape.columns * blockBytes, this.#tables);
  }

  /** What the cluster opened last says of `n` digests. */
  decode(digests: number, n: number, blocks: number, out: number): void {
    kernels().okvsDecode(this.#rowsOf(digests, n), n, this.shape.columns, blocks, this.#tables, out);
  }

  dispose(): void {
    release(this.#tables, tableBytes);
    if (this.#rowRoom > 0) release(this.#rows, this.#rowRoom);
  }

  #rowsOf(digests: number, n: number): number {
    if (n * blockBytes > this.#rowRoom) {
      if (this.#rowRoom > 0) release(this.#rows, this.#rowRoom);
      this.#rowRoom = n * blockBytes;
      this.#rows = allocate(this.#rowRoom);
    }
    hashBlocks(this.#rowHash, digests, this.#rows, n);
    return this.#rows;
  }
}

/** Bytes of memory as a message. */
export const copyOut = (ptr: number, bytes: number): Uint8Array => memory.u8().slice(ptr, ptr + bytes);
