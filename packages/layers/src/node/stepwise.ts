import { misuse } from '../misuse.js';
import { checkSchedule } from '../schedule.js';
import type { Family } from './rule.js';

/** Linear nodes whose public factor changes from step to step. */
export const stepwise: Family<'scheduled' | 'mask'> = {
  scheduled: {
    arity: 1,
    shape: ({ inputs, attributes: { schedule } }) => {
      checkSchedule(schedule);
      return inputs[0]!;
    },
  },
  mask: {
    arity: 1,
    shape: ({ inputs, attributes: { rate } }) => {
      if (rate >= 0 && rate < 1) return inputs[0]!;
      throw misuse(`a mask cannot drop a share of ${rate}`, 'use a rate from 0 up to, not including, 1');
    },
  },
};
