import type { Op } from '@triad/protocol';
import { Prg, type Tensor } from '@triad/ring';
import { blockBytes, width } from './run.js';

/** The streams of 512 keys, 16 bytes each, which random OTs have given: they serve all runs of a session, each at addresses of its own. */
export class Columns {
  readonly #streams: readonly Prg[];

  constructor(keys: Uint8Array) {
    this.#streams = Array.from(
      { length: width },
      (_, j) => new Prg(keys.subarray(j * blockBytes, (j + 1) * blockBytes)),
    );
  }

  /** Columns [512, rows / 64], a bit a row, of this op. */
  fill({ address: { step, index, path } }: Op, out: Tensor): void {
    for (const [j, stream] of this.#streams.entries()) {
      const column = out.rows(j, j + 1);
      stream.fill(step, index, path, column);
      column.dispose();
    }
  }
}
