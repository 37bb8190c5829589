import { misuse } from './misuse.js';
import { type BoundShape, countElements, formatShape } from './shape.js';

/** Plain numbers with a shape, row-major: what goes in and comes out. */
export class NdArray {
  readonly shape: BoundShape;
  readonly data: Float64Array;

  constructor(shape: BoundShape, data: Float64Array = new Float64Array(countElements(shape))) {
    if (data.length !== countElements(shape)) {
      throw misuse(
        `${data.length} numbers do not fill the shape ${formatShape(shape)}`,
        'give one for each element',
      );
    }
    this.shape = shape;
    this.data = data;
  }

  /** From nested arrays of equal lengths, a number, or an NdArray (returned as it is). */
  static from(values: Nested | NdArray): NdArray {
    if (values instanceof NdArray) return values;
    const shape: number[] = [];
    for (let level = values; typeof level !== 'number'; level = level[0]!) {
      shape.push(level.length);
      if (level.length === 0) throw misuse('an array without elements has no shape', 'give at least one row');
    }
    const flat: number[] = [];
    flatten(values, shape, flat);
    return new NdArray(shape, Float64Array.from(flat));
  }

  /** The only element. */
  item(): number {
    if (this.data.length === 1) return this.data[0]!;
    throw misuse(`an array of shape ${formatShape(this.shape)} is not one number`, 'read its data');
  }

  /** Rows start up to, not including, end, without a copy. */
  rows(start: number, end: number): NdArray {
    const [length, ...rest] = this.shape;
    checkRows(length, start, end);
    const width = countElements(rest);
    return new NdArray([end - start, ...rest], this.data.subarray(start * width, end * width));
  }
}

/** A number, or arrays of them, as deep as the shape has axes. */
export type Nested = number | ArrayLike<number> | readonly Nested[];

export const checkRows = (length: number | undefined, start: number, end: number): void => {
  const whole = Number.isInteger(start) && Number.isInteger(end);
  if (length !== undefined && whole && 0 <= start && start < end && end <= length) return;
  throw misuse(
    `there are no rows ${start} to ${end} in ${length ?? 'a number'}`,
    'stay inside the rows, take at least one',
  );
};

const flatten = (values: Nested, shape: BoundShape, out: number[]): void => {
  const [length, ...rest] = shape;
  if (length === undefined && typeof values === 'number') out.push(values);
  else if (typeof values === 'object' && values.length === length) {
    for (let i = 0; i < length; i++) flatten(values[i]!, rest, out);
  } else
    throw misuse(`rows differ in length (expected ${formatShape(shape)})`, 'make nested arrays rectangular');
};
