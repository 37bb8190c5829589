import { describe, expect, it } from 'vitest';
import { failed, ok, skipped, warning } from './finding.js';
import { formatFinding, formatTally, recordOf, tally } from './report.js';
import { checkVersion } from './version.js';

const trouble = { what: 'it is old', remedy: 'get a new one', values: { years: 30 } };
const findings = [
  ok('a', 'fine', { n: 1 }),
  warning('b', trouble),
  failed('c', trouble),
  skipped('d', 'why not'),
];

/** Without the colours, which depend on where the tests run. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const plain = (text: string) => text.replace(/\u001b\[\d+m/g, '');

describe('findings', () => {
  it('are aligned, with words or marks', () => {
    const words = findings.map((each) => formatFinding(each, false)).join('\n');
    expect(words).toBe(
      [
        'ok      a                       fine',
        'warning b                       it is old',
        '          remedy: get a new one',
        'failed  c                       it is old',
        '          remedy: get a new one',
        'skipped d                       not checked: why not',
      ].join('\n'),
    );
    expect(findings.map((each) => plain(formatFinding(each, true)).split('\n')[0])).toEqual([
      '✓ a                       fine',
      '! b                       it is old',
      '✗ c                       it is old',
      '- d                       not checked: why not',
    ]);
  });

  it('are flat for programs', () => {
    expect(recordOf(findings[0]!)).toEqual({ check: 'a', outcome: 'ok', what: 'fine', n: 1 });
    expect(recordOf(findings[1]!)).toMatchObject({ years: 30, remedy: 'get a new one' });
  });

  it('are counted', () => {
    expect(formatTally(tally(['ok', 'skipped']))).toBe('everything is well');
    expect(formatTally(tally(['warning', 'ok']))).toBe('1 warning, 0 failures');
    expect(formatTally(tally(['failed', 'warning', 'warning']))).toBe('2 warnings, 1 failure');
  });
});

describe('versions', () => {
  it.each([
    ['1.2.3', 'ok'],
    ['1.2.4', 'warning'],
    ['1.2.3-beta.1', 'warning'],
    ['1.3.3', 'failed'],
    ['2.2.3', 'failed'],
    ['1.20.3', 'failed'],
  ])('1.2.3 and %s are %s', (theirs, outcome) => {
    expect(checkVersion('v', theirs, '1.2.3').outcome).toBe(outcome);
  });
});
