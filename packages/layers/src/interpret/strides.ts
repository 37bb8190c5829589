import type { BoundShape } from '../shape.js';

/** Elements between neighbours along each axis of a row-major array. */
export const strides = (shape: BoundShape): number[] => {
  const out = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) out[i] = out[i + 1]! * shape[i + 1]!;
  return out;
};

/** Calls visit(position, coordinates) for every element; the coordinates array is reused. */
export const forEachElement = (
  shape: BoundShape,
  visit: (position: number, at: readonly number[]) => void,
): void => {
  const at = new Array<number>(shape.length).fill(0);
  const count = shape.reduce((n, d) => n * d, 1);
  for (let position = 0; position < count; position++) {
    visit(position, at);
    for (let axis = shape.length - 1; axis >= 0 && ++at[axis]! === shape[axis]; axis--) at[axis] = 0;
  }
};

/** Where coordinates of a broadcast result lie in an operand: missing axes and axes of length 1 do not count. */
export const broadcastOffset = (shape: BoundShape): ((at: readonly number[]) => number) => {
  const step = strides(shape).map((s, i) => (shape[i] === 1 ? 0 : s));
  return (at) => {
    const skip = at.length - shape.length;
    return step.reduce((offset, s, i) => offset + s * at[skip + i]!, 0);
  };
};
