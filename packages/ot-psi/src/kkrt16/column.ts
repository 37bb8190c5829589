import { Prg, Tensor } from '@triad/ring';
import { kernels } from '../kernel.js';
import { type BinGroup, blockBytes, width } from './run.js';

/** Words behind each column, for else all of them would fall into one set of the cache. */
const paddingWords = 8;
/** Scratch of the kernel that transposes. */
const scratchWords = 256;

/** The streams of 512 keys, 16 bytes each, which random OTs have given: they serve all runs of a session, each at addresses of its own. */
export class Columns {
  readonly #streams: readonly Prg[];

  constructor(keys: Uint8Array) {
    this.#streams = Array.from(
      { length: width },
      (_, j) => new Prg(keys.subarray(j * blockBytes, (j + 1) * blockBytes)),
    );
  }

  /** The columns of a group, a bit a bin. */
  of({ op, rows }: BinGroup): Tensor {
    const { step, index, path } = op.address;
    const out = Tensor.empty([width, rows / 64 + paddingWords]);
    for (const [j, stream] of this.#streams.entries()) {
      const column = out.rows(j, j + 1);
      stream.fill(step, index, path, column);
      column.dispose();
    }
    return out;
  }
}

/** Writes columns' rows, 64 bytes each, to an address. */
export const writeRows = (columns: Tensor, { rows }: BinGroup, out: number): void => {
  const scratch = Tensor.empty([scratchWords]);
  kernels().transposeBits(columns.ptr, rows / 8 + 8 * paddingWords, out, width, rows, scratch.ptr);
  scratch.dispose();
};

/** a += b. */
export const addColumns = (a: Tensor, b: Tensor): void =>
  kernels().addBlocks(a.ptr, b.ptr, a.ptr, (a.size * 8) / blockBytes);
