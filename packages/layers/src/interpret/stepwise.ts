import { dropped } from '../mask.js';
import { NdArray } from '../nd-array.js';
import { scheduleAt } from '../schedule.js';
import { scaleBy } from './arithmetic.js';
import type { MeaningFamily } from './rule.js';

export const stepwise: MeaningFamily<'scheduled' | 'mask'> = {
  scheduled: ({ attributes: { schedule } }, { inputs: [x], step }) => scaleBy(x!, scheduleAt(schedule, step)),
  mask: ({ attributes }, { inputs: [x], step }) => {
    const zero = dropped(attributes, step, x!.data.length);
    const kept = 1 / (1 - attributes.rate);
    return new NdArray(
      x!.shape,
      x!.data.map((v, i) => (zero[i] ? 0 : v * kept)),
    );
  },
};
