import { misuse } from '../misuse.js';
import type { Variable } from '../program.js';
import { formatShape } from '../shape.js';
import { part } from './tree.js';

/** Parts along an axis (default: the last one): so many equal ones, or of these lengths. */
export const split = (
  x: Variable,
  numOrSections: number | readonly number[],
  axis = x.shape.length - 1,
): Variable[] => {
  const length = x.shape[axis] ?? 0;
  const sections =
    typeof numOrSections === 'number'
      ? new Array<number>(numOrSections).fill(length / numOrSections)
      : numOrSections;
  const whole = sections.every((n) => Number.isSafeInteger(n) && n > 0);
  if (!whole || sections.reduce((a, b) => a + b, 0) !== length) {
    throw misuse(
      `axis ${axis} of ${formatShape(x.shape)} cannot be split into ${numOrSections}`,
      'give a number that divides it, or lengths that add up to it',
    );
  }
  let start = 0;
  return sections.map((n) => {
    start += n;
    return part(x, axis, start - n, start);
  });
};
