import type { BoundShape } from '../shape.js';

/** Elements between neighbours along each axis of a row-major array. */
export const strides = (shape: BoundShape): number[] => {
  const out = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) out[i] = out[i + 1]! * shape[i + 1]!;
  return out;
};

/** How an array is walked through beside the elements of a shape: where it starts, and how far each axis steps. */
export interface Walk {
  readonly start: number;
  readonly steps: readonly number[];
}

/** Runs along the last axis of a shape, of `count` elements each: per array where a run starts. */
export type VisitRun = (starts: readonly number[], count: number) => void;

/** Calls visit for every run of a shape, with the starts of all arrays; the array of starts is reused. */
export const forEachRun = (shape: BoundShape, walks: readonly Walk[], visit: VisitRun): void => {
  const [outer, count] = [shape.slice(0, -1), shape.at(-1) ?? 1];
  const starts = walks.map(({ start }) => start);
  const advance = (axis: number, times: number): void => {
    for (const [k, { steps }] of walks.entries()) starts[k]! += times * steps[axis]!;
  };
  const at = outer.map(() => 0);
  for (let left = outer.reduce((n, d) => n * d, 1); left > 0; left--) {
    visit(starts, count);
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      advance(axis, 1);
      if (++at[axis]! < outer[axis]!) break;
      at[axis] = 0;
      advance(axis, -outer[axis]!);
    }
  }
};

/** The step along the last axis. */
export const lastStep = ({ steps }: Walk): number => steps.at(-1) ?? 0;

/** An array of the shape itself. */
export const whole = (shape: BoundShape): Walk => ({ start: 0, steps: strides(shape) });

/** An operand that broadcasts to `shape`: missing axes and axes of length 1 do not step. */
export const broadcasting = (operand: BoundShape, shape: BoundShape): Walk => {
  const own = strides(operand).map((s, i) => (operand[i] === 1 ? 0 : s));
  return { start: 0, steps: [...shape.slice(operand.length).map(() => 0), ...own] };
};
