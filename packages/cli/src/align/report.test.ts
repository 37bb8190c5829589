import { expect, it } from 'vitest';
import { type Report, reportRecord, reportText } from './report.js';

const report: Report = {
  keys: 1_000_000,
  duplicates: 10,
  peerKeys: 5,
  common: 3,
  written: { rows: 3, file: 'out.csv' },
  seconds: 2,
  traffic: { sent: { bytes: 1_500_000, messages: 2 }, received: { bytes: 80, messages: 1 } },
};

it('a report is one object for programs', () => {
  expect(reportRecord(report)).toEqual({
    keys: 1_000_000,
    distinct: 999_990,
    duplicates: 10,
    peerKeys: 5,
    common: 3,
    rows: 3,
    out: 'out.csv',
    seconds: 2,
    rate: 500_000,
    sent: 1_500_000,
    received: 80,
  });
});

it('a report is a few lines for people', () => {
  expect(reportText(report).split('\n')).toEqual([
    'own keys    1000000 (999990 distinct, 10 repeated)',
    'their keys  5',
    'common      3',
    'written     3 rows to out.csv',
    'time        2.00 s, 500.0 k keys/s',
    'traffic     1.50 MB sent, 80 B received',
  ]);
  expect(reportText({ ...report, buckets: 8, resumedAt: 2 })).toContain(
    'buckets     8, 2 of them done before',
  );
});

it('a report does not tell what an owner may not know', () => {
  const { keys, seconds, traffic } = report;
  const record = reportRecord({ keys, seconds, traffic });
  expect(Object.keys(record).sort()).toEqual(['keys', 'rate', 'received', 'seconds', 'sent']);
  expect(reportText({ keys, seconds, traffic })).not.toMatch(/common|their|written|distinct/);
});
