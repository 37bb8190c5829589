import { parseArgs } from 'node:util';
import { TriadError } from '@triad/protocol';
import type { Training } from './party.js';

/** What follows `--` on a party's command line. Throws `bad-argument`. */
export const readTraining = (args: readonly string[]): Training => {
  const { values } = parseArgs({
    args: [...args],
    options: { epochs: { type: 'string', default: '20' }, batch: { type: 'string', default: '10' } },
  });
  return { epochs: count('epochs', values.epochs), batch: count('batch', values.batch) };
};

const count = (option: string, text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new TriadError('bad-argument', `--${option} ${text} is no count`, {
    remedy: 'give a whole number above 0',
  });
};
