import { checkRows } from './nd-array.js';
import type { BoundShape } from './shape.js';

/** A value that the computing parties hold shares of: what `Executor.share` gives and feeds take. */
export class Shared {
  constructor(
    readonly shape: BoundShape,
    /** What it is a part of; a whole is part of itself. */
    readonly source: Source,
    /** The first row of the source. */
    readonly start = 0,
  ) {}

  /** Rows start up to, not including, end: a view, as cheap as two numbers. */
  rows(start: number, end: number): Shared {
    checkRows(this.shape[0], start, end);
    return new Shared([end - start, ...this.shape.slice(1)], this.source, this.start + start);
  }
}

/** Identifies a shared value. */
export interface Source {
  readonly name: string;
}
