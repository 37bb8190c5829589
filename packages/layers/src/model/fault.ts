import { TriadError } from '@triad/protocol';

/** A file that is none of its kind. */
export const malformed = (what: string): TriadError =>
  new TriadError('bad-argument', `this is no whole model file: ${what}`, {
    remedy: 'get the file again, or write it anew',
  });

/** A file that is well formed but does not go with what it is used with. */
export const misfit = (what: string, remedy: string): TriadError =>
  new TriadError('mismatch', what, { remedy });
