/** Rows of a text file that follow each other: row k is `bytes` from starts[k] to ends[k], without its line break. */
export interface RecordBlock {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
