/** How the values that a work reveals under one name are put together. */
import type { Schedule } from './schedule.js';
import { isRun } from './work.js';

export type Joint = 'single' | 'rows' | 'stack';

/** Rows of batches go below each other; other values become rows, unless there is only one. */
export const jointOf = ({ spans }: Schedule, name: string): Joint => {
  const revealing = spans.filter(({ stage }) =>
    isRun(stage) ? stage.reveal?.includes(name) : stage.parameter === name,
  );
  const [{ stage }] = revealing as [(typeof revealing)[number]];
  if (isRun(stage) && stage.of.variable(name).shape[0] === null) return 'rows';
  const units = revealing.reduce((n, { start, end }) => n + end - start, 0);
  return units > 1 ? 'stack' : 'single';
};
