import { misuse } from '../misuse.js';
import { type Dimension, formatShape, type SymbolicShape, sameShape } from '../shape.js';
import type { Windows } from './node.js';
import type { Family } from './rule.js';

/** Linear nodes that only move elements. */
export const layout: Family<'reshape' | 'transpose' | 'slice' | 'concat' | 'pad' | 'windows' | 'unwindows'> =
  {
    reshape: {
      arity: 1,
      shape: ({ inputs, attributes: { shape } }) => {
        const [from, to] = [measure(inputs[0]!), measure(shape)];
        if (from.known === to.known && from.batches === to.batches) return shape;
        throw misuse(
          `a value of shape ${formatShape(inputs[0]!)} cannot take the shape ${formatShape(shape)}`,
          'keep the number of elements, and the batch as an axis of its own',
        );
      },
    },
    transpose: {
      arity: 1,
      shape: ({ inputs, attributes: { axes } }) => {
        const shape = inputs[0]!;
        const all = axes.length === shape.length && shape.every((_, i) => axes.includes(i));
        if (!all)
          throw misuse(`[${axes}] does not order the axes of ${formatShape(shape)}`, 'name every axis once');
        return axes.map((a) => shape[a]!);
      },
    },
    slice: {
      arity: 1,
      shape: ({ inputs, attributes: { start, end } }) => {
        const shape = inputs[0]!;
        perAxis(shape, start, end);
        return shape.map((d, i) => sliced(d, start[i]!, end[i]!));
      },
    },
    concat: {
      arity: 'any',
      shape: ({ inputs, attributes: { axis } }) => {
        const first = inputs[0];
        const fits = inputs.every(
          (s) => s.length === first!.length && s.every((d, i) => i === axis || d === first![i]),
        );
        const lengths = inputs.map((s) => s[axis]);
        if (first === undefined || !fits || lengths.some((d) => d === null || d === undefined)) {
          const shapes = inputs.map(formatShape).join(', ');
          throw misuse(
            `shapes ${shapes} cannot be joined along axis ${axis}`,
            'make all other axes equal, and the axis not the batch',
          );
        }
        const joined = lengths.reduce<number>((n, d) => n + d!, 0);
        return first.map((d, i) => (i === axis ? joined : d));
      },
    },
    pad: {
      arity: 1,
      shape: ({ inputs, attributes: { before, after } }) => {
        const shape = inputs[0]!;
        perAxis(shape, before, after);
        return shape.map((d, i) => {
          const [b, a] = [before[i]!, after[i]!];
          if (Number.isInteger(b) && Number.isInteger(a) && b >= 0 && a >= 0) {
            if (d !== null) return d + b + a;
            if (b + a === 0) return null;
          }
          throw misuse(
            `axis ${i} of ${formatShape(shape)} cannot be padded by ${b} and ${a}`,
            'use whole numbers from 0',
          );
        });
      },
    },
    windows: { arity: 1, shape: ({ inputs, attributes }) => windowed(inputs[0]!, attributes) },
    unwindows: {
      arity: 1,
      shape: ({ inputs, attributes }) => {
        const { shape } = attributes;
        if (sameShape(windowed(shape, attributes), inputs[0]!)) return shape;
        throw misuse(
          `windows of shape ${formatShape(inputs[0]!)} are not those of images ${formatShape(shape)}`,
          'let `gradients` make it',
        );
      },
    },
  };

const windowed = (images: SymbolicShape, { kernel, stride, padding, dilation }: Windows): SymbolicShape => {
  const [batch, channels, ...sides] = images;
  const counts = sides.map((side, i) => {
    const span = dilation[i]! * (kernel[i]! - 1) + 1;
    return Math.floor((side! + 2 * padding[i]! - span) / stride[i]!) + 1;
  });
  const whole = [...kernel, ...stride, ...dilation].every((n) => Number.isInteger(n) && n > 0);
  if (images.length === 4 && channels !== null && whole && counts.every((n) => n > 0)) {
    return [batch!, channels! * kernel[0] * kernel[1], counts[0]! * counts[1]!];
  }
  throw misuse(
    `windows of [${kernel}] do not fit images of shape ${formatShape(images)}`,
    'give images [batch, channels, height, width] at least as large as the window',
  );
};

const measure = (shape: SymbolicShape) => ({
  known: shape.reduce<number>((n, d) => n * (d ?? 1), 1),
  batches: shape.filter((d) => d === null).length,
});

const perAxis = (shape: SymbolicShape, ...lists: readonly (readonly unknown[])[]): void => {
  if (lists.every((l) => l.length === shape.length)) return;
  throw misuse(`${formatShape(shape)} has ${shape.length} axes`, 'give one number for each');
};

const sliced = (length: Dimension, start: number, end: number | null): Dimension => {
  if (start === 0 && end === null) return length;
  const stop = end ?? length;
  const inside = Number.isInteger(start) && start >= 0 && stop !== null && start < stop;
  if (length !== null && inside && Number.isInteger(stop) && stop <= length) return stop - start;
  throw misuse(
    `an axis of ${length ?? 'batch'} cannot be sliced from ${start} to ${end ?? 'the end'}`,
    'stay inside the axis, and keep at least one element',
  );
};
