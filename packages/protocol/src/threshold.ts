import type { Rank } from './channel.js';
import { TriadError } from './error.js';

/** Rejects thresholds that `below` cannot compare with: none, or others than signed words. */
export const checkThresholds = (thresholds: readonly bigint[], party: Rank): void => {
  const wrong = thresholds.find((t) => BigInt.asIntN(64, t) !== t);
  if (thresholds.length > 0 && wrong === undefined) return;
  const what = wrong === undefined ? 'there is no threshold' : `the threshold ${wrong} is no word`;
  throw new TriadError('bad-argument', what, {
    party,
    remedy: 'give at least one from -2^63 up to, not including, 2^63',
  });
};
