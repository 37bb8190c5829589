/** What a check has found out. */

export type Outcome = 'ok' | 'warning' | 'failed' | 'skipped';

/** Figures and names by which programs tell findings apart. Never a key, a share or a password. */
export type Values = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Finding {
  readonly check: string;
  readonly outcome: Outcome;
  /** In words, with what was measured. */
  readonly what: string;
  readonly values: Values;
  /** What to do about it; always there with a warning or a failure. */
  readonly remedy?: string;
}

export interface Trouble {
  readonly what: string;
  readonly remedy: string;
  readonly values?: Values;
}

export const ok = (check: string, what: string, values: Values = {}): Finding => ({
  check,
  outcome: 'ok',
  what,
  values,
});

export const warning = (check: string, trouble: Trouble): Finding => troubled(check, 'warning', trouble);

/** It keeps jobs from working. */
export const failed = (check: string, trouble: Trouble): Finding => troubled(check, 'failed', trouble);

/** It could not be looked at. */
export const skipped = (check: string, why: string): Finding => ({
  check,
  outcome: 'skipped',
  what: `not checked: ${why}`,
  values: {},
});

const troubled = (check: string, outcome: Outcome, { what, remedy, values = {} }: Trouble): Finding => ({
  check,
  outcome,
  what,
  values,
  remedy,
});
