/** Whose clock is off. Certificates and grants hold from one time to another, by the clock of whoever looks. */
import { type Finding, failed, ok, warning } from './finding.js';

/** A clock beside this machine's. */
export interface Reading {
  /** `Redis`, `node 0`. */
  readonly of: string;
  /** Seconds by which it is ahead of this machine's. */
  readonly ahead: number;
  /** Whether no job depends on it. */
  readonly aside?: boolean;
  /** Whether it may be this machine's own clock, and so proves nothing. */
  readonly own?: boolean;
}

const close = 5;
const far = 60;

/** Each clock, and where one differs from ours, whom the others agree with. */
export const checkClocks = (readings: readonly Reading[]): Finding[] =>
  readings.map((reading) => {
    const { of, ahead, aside } = reading;
    const check = `clock: ${of}`;
    const values = { ahead: Number(ahead.toFixed(3)) };
    if (Math.abs(ahead) <= close) return ok(check, describe(ahead), values);
    const others = readings.filter((other) => other !== reading && other.own !== true);
    const { wrong, remedy, agreeing } = judge(reading, others);
    const what = `${describe(ahead)}; ${wrong}`;
    const trouble = { what, remedy, values: { ...values, agreeing } };
    return Math.abs(ahead) > far && aside !== true ? failed(check, trouble) : warning(check, trouble);
  });

const describe = (ahead: number): string => {
  const size = Math.abs(ahead);
  const text = size < close ? `${(size * 1000).toFixed(0)} ms` : `${size.toFixed(1)} s`;
  return `${text} ${ahead < 0 ? 'behind' : 'ahead of'} this machine's`;
};

/** By what most of the others say. */
const judge = ({ of, ahead }: Reading, others: readonly Reading[]) => {
  const names = (list: readonly Reading[]) => list.map((other) => other.of);
  const withUs = names(others.filter((other) => Math.abs(other.ahead) <= close));
  const withIt = names(others.filter((other) => Math.abs(other.ahead - ahead) <= close));
  if (withUs.length > withIt.length) {
    const wrong = `${of} is off, for ${list(withUs)} with this machine`;
    return { wrong, remedy: `set the clock of ${of}, by NTP for instance`, agreeing: withUs };
  }
  if (withIt.length > withUs.length) {
    const wrong = `this machine is off, for ${list(withIt)} with ${of}`;
    return { wrong, remedy: "set this machine's clock, by NTP for instance", agreeing: withIt };
  }
  const wrong = 'nobody else says which of the two is off';
  return { wrong, remedy: `compare this machine and ${of} with an NTP server`, agreeing: [] };
};

const list = (names: readonly string[]): string =>
  `${names.join(' and ')} ${names.length === 1 ? 'agrees' : 'agree'}`;
