import { TriadError } from '@triad/protocol';
import { concat, equalShapes, planeWords, type Shape, size, Tensor } from '@triad/ring';

/**
 * One party's part of x = x_0 xor x_1 xor x_2, in bit planes: party i holds a = x_i and b = x_{i+1}. Both are
 * [width, planeWords(n)] for n elements of `shape`; plane j is bit j of all of them. Lanes past the last element say nothing.
 */
export interface BooleanShare {
  /** Of the elements. */
  readonly shape: Shape;
  readonly a: Tensor;
  readonly b: Tensor;
}

/** Bits of an element, 1 to 64. */
export const width = (x: BooleanShare): number => x.a.shape[0]!;

export const disposeBits = (...xs: readonly BooleanShare[]): void => {
  for (const { a, b } of xs) {
    a.dispose();
    b.dispose();
  }
};

/** The same map on both components. */
export const mapBits = (f: (...parts: Tensor[]) => Tensor, ...xs: readonly BooleanShare[]): BooleanShare => ({
  shape: xs[0]!.shape,
  a: f(...xs.map((x) => x.a)),
  b: f(...xs.map((x) => x.b)),
});

/** Planes `from` to `to` (exclusive): a view, to be disposed all the same. */
export const planes = (x: BooleanShare, from: number, to: number): BooleanShare =>
  mapBits((part) => part.rows(from, to), x);

/** Planes of some, then of others: the first operand's are the low ones. */
export const joinPlanes = (...xs: readonly BooleanShare[]): BooleanShare =>
  mapBits((...parts) => concat(parts), ...xs);

/** `count` planes of zeros. */
export const zeroPlanes = (shape: Shape, count: number): BooleanShare => {
  const zeros = () => Tensor.zeros([count, planeWords(size(shape))]);
  return { shape, a: zeros(), b: zeros() };
};

export const checkWidth = (bits: number, what: string): void => {
  if (Number.isInteger(bits) && bits >= 1 && bits <= 64) return;
  throw new TriadError('bad-argument', `${what} has 1 to 64 bits; got ${bits}`);
};

const format = (x: BooleanShare): string => `[${x.shape.join(', ')}] of ${width(x)} bits`;

const refuse = (x: BooleanShare, y: BooleanShare, what: string): never => {
  throw new TriadError('bad-argument', `elements ${format(x)} and ${format(y)} do not go together`, {
    remedy: `give elements of one ${what}`,
  });
};

/** Throws unless both are of one shape. */
export const checkShape = (x: BooleanShare, y: BooleanShare): void => {
  if (!equalShapes(x.shape, y.shape)) refuse(x, y, 'shape');
};

/** Throws unless both are of one shape and width. */
export const checkAlike = (x: BooleanShare, y: BooleanShare): void => {
  checkShape(x, y);
  if (width(x) !== width(y)) refuse(x, y, 'width');
};

/** As `checkAlike`, but one bit goes with any width. */
export const checkMaskable = (x: BooleanShare, y: BooleanShare): void => {
  checkShape(x, y);
  if (width(x) !== 1 && width(y) !== 1) checkAlike(x, y);
};
