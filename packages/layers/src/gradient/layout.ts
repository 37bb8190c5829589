import { pad, reshape, slice, transpose } from '../op.js';
import type { GradientFamily } from './rule.js';

export const layout: GradientFamily<
  'reshape' | 'transpose' | 'slice' | 'concat' | 'pad' | 'windows' | 'unwindows'
> = {
  reshape: (_, { inputs: [x], gradient }) => [() => reshape(gradient, x!.shape)],
  transpose: ({ attributes: { axes } }, { gradient }) => [
    () =>
      transpose(
        gradient,
        axes.map((_, i) => axes.indexOf(i)),
      ),
  ],
  slice: ({ attributes: { start, end } }, { inputs: [x], gradient }) => [
    () => {
      const after = x!.shape.map((d, i) => (d === null || end[i] === null ? 0 : d - end[i]!));
      return pad(gradient, start, after);
    },
  ],
  windows: ({ attributes }, { inputs: [x], gradient }) => [
    () => gradient.program.append('unwindows', [gradient], { ...attributes, shape: x!.shape }),
  ],
  unwindows: ({ attributes: { shape: _, ...windows } }, { gradient }) => [
    () => gradient.program.append('windows', [gradient], windows),
  ],
  concat: ({ attributes: { axis } }, { inputs, gradient }) => {
    let offset = 0;
    return inputs.map((x) => {
      const start = offset;
      offset += x.shape[axis]!;
      const end = start + x.shape[axis]!;
      return () =>
        slice(
          gradient,
          x.shape.map((_, i) => (i === axis ? start : 0)),
          x.shape.map((_, i) => (i === axis ? end : null)),
        );
    });
  },
  pad: ({ attributes: { before } }, { inputs: [x], gradient }) => [
    () =>
      slice(
        gradient,
        before,
        x!.shape.map((d, i) => (d === null ? null : before[i]! + d)),
      ),
  ],
};
