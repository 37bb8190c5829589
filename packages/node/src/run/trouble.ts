/** What an error is to a job. */
import { type ErrorCode, TriadError } from '@triad/protocol';
import type { Trouble } from '../store/jobs.js';

/** The others may come back: what ends an attempt, not the job. */
const passing: ReadonlySet<ErrorCode> = new Set(['peer-lost', 'timeout', 'closed']);

export const isPassing = (error: unknown): boolean => error instanceof TriadError && passing.has(error.code);

export const troubleOf = (error: unknown): Trouble => {
  if (!(error instanceof TriadError))
    return { code: 'unexpected', what: error instanceof Error ? error.message : String(error) };
  const { code, message, party, remedy } = error;
  const what = remedy === undefined ? message : message.replace(`; ${remedy}`, '');
  return { code, what, ...(party !== undefined && { party }), ...(remedy !== undefined && { remedy }) };
};
