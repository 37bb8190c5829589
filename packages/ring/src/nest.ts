import type { Shape } from './shape.js';

/** A loop nest over two strided operands: extents and strides (in bytes), outermost first. */
export interface Nest {
  readonly extents: readonly number[];
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/**
 * Merges neighbouring axes both operands run through without a gap and drops axes of extent 1, then pads with axes of
 * extent 1 to at least `depth`. Strides come in elements.
 */
export const nest = (shape: Shape, a: readonly number[], b: readonly number[], depth: number): Nest => {
  const extents: number[] = [];
  const aStrides: number[] = [];
  const bStrides: number[] = [];
  for (let i = shape.length - 1; i >= 0; i--) {
    const n = shape[i]!;
    if (n === 1) continue;
    const inner = extents.length - 1;
    const gapless =
      inner >= 0 &&
      a[i]! * 8 === aStrides[inner]! * extents[inner]! &&
      b[i]! * 8 === bStrides[inner]! * extents[inner]!;
    if (gapless) extents[inner]! *= n;
    else {
      extents.push(n);
      aStrides.push(a[i]! * 8);
      bStrides.push(b[i]! * 8);
    }
  }
  while (extents.length < depth) {
    extents.push(1);
    aStrides.push(0);
    bStrides.push(0);
  }
  return { extents: extents.reverse(), a: aStrides.reverse(), b: bStrides.reverse() };
};

/** Visits the offsets of both operands for every index of all but the innermost `depth` axes. */
export const walk = (
  loops: Nest,
  depth: number,
  visit: (a: number, b: number, index: number) => void,
): void => {
  const outer = loops.extents.length - depth;
  let index = 0;
  const descend = (axis: number, a: number, b: number): void => {
    if (axis === outer) visit(a, b, index++);
    else
      for (let i = 0; i < loops.extents[axis]!; i++)
        descend(axis + 1, a + i * loops.a[axis]!, b + i * loops.b[axis]!);
  };
  descend(0, 0, 0);
};
