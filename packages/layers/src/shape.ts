import { misuse } from './misuse.js';

/** One axis: its length, or null for the batch, whose length is bound when a program runs. */
export type Dimension = number | null;
export type SymbolicShape = readonly Dimension[];
export type BoundShape = readonly number[];

export const formatShape = (shape: SymbolicShape): string => `[${shape.map((d) => d ?? 'batch').join(', ')}]`;

export const sameShape = (a: SymbolicShape, b: SymbolicShape): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

/** Elements of a bound shape. */
export const countElements = (shape: BoundShape): number => shape.reduce((n, d) => n * d, 1);

export const isBound = (shape: SymbolicShape): shape is BoundShape => !shape.includes(null);

/** The shape with the batch filled in. */
export const bindShape = (shape: SymbolicShape, batch: number | undefined): BoundShape =>
  shape.map((d) => {
    if (d !== null) return d;
    if (batch === undefined) throw misuse('the batch has no size', 'feed a value, or pass `batch`');
    return batch;
  });

/** The shape both broadcast to (as in NumPy); the batch matches itself and 1. */
export const broadcastShapes = (a: SymbolicShape, b: SymbolicShape): SymbolicShape => {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = dimensionFromEnd(a, rank - i);
    const y = dimensionFromEnd(b, rank - i);
    if (x === y || y === 1) return x;
    if (x === 1) return y;
    throw misuse(
      `shapes ${formatShape(a)} and ${formatShape(b)} do not broadcast`,
      'make each pair of axes, counted from the last, equal or 1',
    );
  });
};

const dimensionFromEnd = (shape: SymbolicShape, k: number): Dimension =>
  k > shape.length ? 1 : shape[shape.length - k]!;

/** Axes of `to` along which `from` is repeated to become it. */
export const repeatedAxes = (from: SymbolicShape, to: SymbolicShape): number[] => {
  const added = to.length - from.length;
  return to.flatMap((d, i) => (i < added || from[i - added] !== d ? [i] : []));
};

/** A shape as people write it: whole positive lengths, the batch (null) only in front. */
export const checkShape = (shape: SymbolicShape, what: string): void => {
  for (const [axis, d] of shape.entries()) {
    if (d === null ? axis === 0 : Number.isSafeInteger(d) && d > 0) continue;
    throw misuse(
      `the shape ${formatShape(shape)} of ${what} is not one`,
      'use whole lengths above 0; only the first axis may be null, the batch',
    );
  }
};
