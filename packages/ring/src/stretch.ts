/** Memory to fill with a stream's bytes from block `start` on. */
export interface Stretch {
  readonly ptr: number;
  readonly bytes: number;
  readonly start: number;
}
