import type { Bilinear, Linear } from '@triad/ring';
import { NdArray } from '../nd-array.js';
import type { BoundShape } from '../shape.js';

/**
 * A secret summand: factor * register / 2^(f + extra), or factor * after(map(x, y)) / 2^(2f + extra) not computed yet.
 * Integers, such as bits, have extra = -f. Its shape broadcasts to that of the value it belongs to.
 */
export type Term =
  | {
      readonly kind: 'register';
      readonly register: number;
      readonly extra: number;
      readonly factor: number;
      readonly shape: BoundShape;
    }
  | {
      readonly kind: 'product';
      readonly map: Bilinear;
      readonly x: number;
      readonly y: number;
      readonly elements: number;
      readonly after: readonly Linear[];
      readonly extra: number;
      readonly factor: number;
      readonly shape: BoundShape;
    };

/**
 * A node's value while it is lowered: a sum of terms with public factors and a public part. Factors and truncations
 * stay pending until somebody needs the number itself, so that a chain of scales is one factor and a sum of products
 * is truncated once.
 */
export interface Value {
  readonly shape: BoundShape;
  readonly terms: readonly Term[];
  /** Public part; broadcasts to the shape. */
  readonly open?: NdArray;
}

/** A value; without any part it is zero. */
export const makeValue = (shape: BoundShape, terms: readonly Term[], open?: NdArray): Value => {
  if (open !== undefined) return { shape, terms, open };
  return terms.length > 0 ? { shape, terms } : { shape, terms, open: new NdArray([]) };
};

export type RegisterTerm = Extract<Term, { kind: 'register' }>;

/** A register as it is, at scale f + extra. */
export const registerTerm = (register: number, shape: BoundShape, extra = 0): RegisterTerm => ({
  kind: 'register',
  register,
  extra,
  factor: 1,
  shape,
});

export const scaleTerms = (terms: readonly Term[], factor: number): readonly Term[] =>
  factor === 0 ? [] : terms.map((term) => ({ ...term, factor: term.factor * factor }));

/** Both lists as one; terms of the same register become one term. */
export const mergeTerms = (a: readonly Term[], b: readonly Term[]): readonly Term[] => {
  const merged = [...a];
  for (const term of b) {
    const twin = merged.findIndex(
      (t) => t.kind === 'register' && term.kind === 'register' && t.register === term.register,
    );
    if (twin < 0) merged.push(term);
    else merged[twin] = { ...term, factor: merged[twin]!.factor + term.factor };
  }
  return merged.filter((term) => term.factor !== 0);
};

/** Whole numbers need no fraction. */
export const isWhole = ({ data }: NdArray): boolean => data.every(Number.isSafeInteger);
