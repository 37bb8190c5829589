import { TriadError } from '@triad/protocol';

/** The user asked for something that cannot be. */
export const badArgument = (what: string, remedy: string, cause?: unknown): TriadError =>
  new TriadError('bad-argument', what, { remedy, ...(cause === undefined ? {} : { cause }) });
