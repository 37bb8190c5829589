import { TriadError } from '@triad/protocol';

/** The error for a wrong call: what is wrong, and what to write instead. */
export const misuse = (what: string, remedy: string): TriadError =>
  new TriadError('bad-argument', what, { remedy });
