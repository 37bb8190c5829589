/** Findings as people and programs read them. */
import pc from 'picocolors';
import type { Finding, Outcome } from './finding.js';

export interface Tally {
  readonly warnings: number;
  readonly failures: number;
}

/** As wide as the longest name of a check, and of an outcome. */
const [checkWidth, outcomeWidth] = [23, 7];
const marks: Readonly<Record<Outcome, string>> = { ok: '✓', warning: '!', failed: '✗', skipped: '-' };

/** A line, and the remedy indented under it: with marks in colour on a terminal, else with words. */
export const formatFinding = ({ check, outcome, what, remedy }: Finding, terminal: boolean): string => {
  const mark = terminal ? coloured(outcome) : outcome.padEnd(outcomeWidth);
  const indent = (terminal ? 1 : outcomeWidth) + 1;
  const line = `${mark} ${check.padEnd(checkWidth)} ${what}`;
  return remedy === undefined ? line : `${line}\n${' '.repeat(indent)}  remedy: ${remedy}`;
};

const coloured = (outcome: Outcome): string => {
  const { green, yellow, red, dim } = pc.createColors(pc.isColorSupported);
  const colour = { ok: green, warning: yellow, failed: red, skipped: dim }[outcome];
  return colour(marks[outcome]);
};

/** An object a line. */
export const recordOf = ({ check, outcome, what, values, remedy }: Finding): object => ({
  check,
  outcome,
  what,
  ...values,
  ...(remedy !== undefined && { remedy }),
});

export const tally = (outcomes: readonly Outcome[]): Tally => ({
  warnings: outcomes.filter((outcome) => outcome === 'warning').length,
  failures: outcomes.filter((outcome) => outcome === 'failed').length,
});

/** The last line. */
export const formatTally = ({ warnings, failures }: Tally): string =>
  warnings + failures === 0
    ? 'everything is well'
    : `${count(warnings, 'warning')}, ${count(failures, 'failure')}`;

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
