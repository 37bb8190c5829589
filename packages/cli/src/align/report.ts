import type { Traffic } from '@triad/protocol';
import { formatBytes, formatCount, formatSeconds, formatTable } from '../quantity.js';

/** What a run was, as one owner sees it. */
export interface Report {
  /** Own rows, and how many of them have a key of an earlier one. */
  readonly keys: number;
  readonly duplicates?: number;
  /** Distinct keys of the other owner, or what it filled them up to. */
  readonly peerKeys?: number;
  /** Common keys, where this owner may know. */
  readonly common?: number;
  /** Rows that were written, and where. */
  readonly written?: { readonly rows: number; readonly file: string };
  /** Buckets there were, and how many of them a run that broke off had done. */
  readonly buckets?: number;
  readonly resumedAt?: number;
  /** Seconds of reading, matching and writing, without waiting for others to come. */
  readonly seconds: number;
  readonly traffic: Traffic;
}

/** One object, for programs. */
export const reportRecord = (report: Report): Readonly<Record<string, unknown>> => {
  const { keys, duplicates, seconds, traffic, written, ...known } = report;
  return {
    keys,
    ...(duplicates !== undefined && { distinct: keys - duplicates, duplicates }),
    ...known,
    ...(written && { rows: written.rows, out: written.file }),
    seconds,
    rate: Math.round(keys / seconds),
    sent: traffic.sent.bytes,
    received: traffic.received.bytes,
  };
};

/** A few lines, for people. */
export const reportText = (report: Report): string => {
  const { keys, duplicates, peerKeys, common, written, buckets, resumedAt, seconds, traffic } = report;
  const repeated = duplicates === undefined ? '' : ` (${keys - duplicates} distinct, ${duplicates} repeated)`;
  return formatTable([
    ['own keys', `${keys}${repeated}`],
    ...(peerKeys === undefined ? [] : [['their keys', String(peerKeys)]]),
    ...(common === undefined ? [] : [['common', String(common)]]),
    ...(written === undefined ? [] : [['written', `${written.rows} rows to ${written.file}`]]),
    ...(buckets === undefined ? [] : [['buckets', `${buckets}, ${resumedAt ?? 0} of them done before`]]),
    ['time', `${formatSeconds(seconds)}, ${formatCount(keys / seconds)} keys/s`],
    ['traffic', `${formatBytes(traffic.sent.bytes)} sent, ${formatBytes(traffic.received.bytes)} received`],
  ]);
};
