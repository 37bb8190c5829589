import { expect, test } from 'vitest';
import { checked, summarize, vitestOutcomes } from './report.mjs';

const file = (name, status, ...statuses) => ({
  name: `/repo/${name}`,
  status,
  assertionResults: statuses.map((each) => ({ status: each })),
});
const outcomes = (code, ...testResults) =>
  vitestOutcomes('packages', { root: '/repo', code, report: { testResults } });

test('counts tests by file, in order', () => {
  const found = outcomes(
    1,
    file('packages/ring/src/b.test.ts', 'failed', 'passed', 'failed'),
    file('packages/ring/src/a.test.ts', 'passed', 'passed', 'skipped', 'todo', 'pending'),
  );
  expect(found).toEqual([
    { suite: 'packages/ring/src/a.test.ts', passed: 1, failed: 0, skipped: 3 },
    { suite: 'packages/ring/src/b.test.ts', passed: 1, failed: 1, skipped: 0 },
  ]);
});

test('a file that could not be loaded is a failure', () => {
  expect(outcomes(1, file('broken.test.ts', 'failed'))).toEqual([
    { suite: 'broken.test.ts', passed: 0, failed: 1, skipped: 0 },
  ]);
});

test('a run that fails without a failed test is a failure, with and without a report', () => {
  const run = { suite: 'packages (the run itself)', passed: 0, failed: 1, skipped: 0 };
  expect(outcomes(1, file('a.test.ts', 'passed', 'passed')).at(-1)).toEqual(run);
  expect(vitestOutcomes('packages', { root: '/repo', code: 1, report: undefined })).toEqual([run]);
  expect(outcomes(0, file('a.test.ts', 'passed', 'passed'))).toHaveLength(1);
});

test('ends with the totals, and fails when anything did', () => {
  const good = [checked('biome', true), { suite: 'a', passed: 41, failed: 0, skipped: 2 }];
  expect(summarize(good)).toEqual({
    text: 'passed  biome: 1 passed, 0 failed\npassed  a: 41 passed, 0 failed, 2 skipped\n\n2 skipped\n42 passed, 0 failed',
    code: 0,
  });
  const bad = summarize([...good, checked('types', false)]);
  expect(bad.text).toContain('FAILED  types: 0 passed, 1 failed\n');
  expect(bad.text.split('\n').at(-1)).toBe('42 passed, 1 failed');
  expect(bad.code).toBe(1);
});
