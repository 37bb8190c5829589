import { cos, power } from './function/float.js';
import { misuse } from './misuse.js';

/** A public number that changes from step to step, as data: the same at all parties, and part of the program's hash. */
export type Schedule =
  | { readonly kind: 'constant'; readonly value: number }
  /** base * rate^(step / every), the exponent whole if `staircase`. */
  | {
      readonly kind: 'exponential';
      readonly base: number;
      readonly rate: number;
      readonly every: number;
      readonly staircase: boolean;
    }
  /** values[i] up to, not including, step boundaries[i]; the last value from then on. */
  | { readonly kind: 'piecewise'; readonly boundaries: readonly number[]; readonly values: readonly number[] }
  /** From `from` to `to` in `steps` steps, as (1 - step / steps)^power. */
  | {
      readonly kind: 'polynomial';
      readonly from: number;
      readonly to: number;
      readonly steps: number;
      readonly power: number;
    }
  /** From `from` to `to` in `steps` steps, along half a cosine. */
  | { readonly kind: 'cosine'; readonly from: number; readonly to: number; readonly steps: number }
  /** Linearly from 0 in the first `steps` steps, then as `after` counted from its own start. */
  | { readonly kind: 'warmup'; readonly steps: number; readonly after: Schedule }
  /** (1 - beta^(step + 1))^power: what Adam corrects its moments by. */
  | { readonly kind: 'bias'; readonly beta: number; readonly power: number }
  | { readonly kind: 'product'; readonly factors: readonly Schedule[] };

/** The number at a step, counted from 0. */
export const scheduleAt = (schedule: Schedule, step: number): number => {
  switch (schedule.kind) {
    case 'constant':
      return schedule.value;
    case 'exponential': {
      const exponent = step / schedule.every;
      return schedule.base * power(schedule.rate, schedule.staircase ? Math.floor(exponent) : exponent);
    }
    case 'piecewise': {
      const at = schedule.boundaries.findIndex((boundary) => step < boundary);
      return schedule.values.at(at < 0 ? -1 : at)!;
    }
    case 'polynomial': {
      const left = Math.max(0, 1 - step / schedule.steps);
      return schedule.to + (schedule.from - schedule.to) * power(left, schedule.power);
    }
    case 'cosine': {
      const angle = Math.PI * Math.min(1, step / schedule.steps);
      return schedule.to + ((schedule.from - schedule.to) * (1 + cos(angle))) / 2;
    }
    case 'warmup': {
      const { steps, after } = schedule;
      if (step >= steps) return scheduleAt(after, step - steps);
      return (scheduleAt(after, 0) * (step + 1)) / steps;
    }
    case 'bias':
      return power(1 - power(schedule.beta, step + 1), schedule.power);
    case 'product':
      return schedule.factors.reduce((product, factor) => product * scheduleAt(factor, step), 1);
  }
};

/** No number of the schedule is larger in magnitude; of a rate above 1, none of the first step. */
export const scheduleBound = (schedule: Schedule): number => {
  switch (schedule.kind) {
    case 'constant':
      return Math.abs(schedule.value);
    case 'exponential':
      return Math.abs(schedule.base);
    case 'piecewise':
      return Math.max(...schedule.values.map(Math.abs));
    case 'polynomial':
    case 'cosine':
      return Math.max(Math.abs(schedule.from), Math.abs(schedule.to));
    case 'warmup':
      return scheduleBound(schedule.after);
    case 'bias':
      return Math.max(1, scheduleAt(schedule, 0));
    case 'product':
      return schedule.factors.reduce((product, factor) => product * scheduleBound(factor), 1);
  }
};

/** Throws unless the schedule gives finite numbers at its start. */
export const checkSchedule = (schedule: Schedule): void => {
  const first = scheduleAt(schedule, 0);
  if (Number.isFinite(first)) return;
  throw misuse(`a schedule of kind ${schedule.kind} starts at ${first}`, 'give it finite numbers');
};
