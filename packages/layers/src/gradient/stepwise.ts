import type { GradientFamily } from './rule.js';

export const stepwise: GradientFamily<'scheduled' | 'mask'> = {
  scheduled: ({ attributes }, { gradient }) => [
    () => gradient.program.append('scheduled', [gradient], attributes),
  ],
  mask: ({ attributes }, { gradient }) => [() => gradient.program.append('mask', [gradient], attributes)],
};
