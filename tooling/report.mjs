// What `npm test` says at its end: one line a suite, then `N passed, N failed`.
import { relative } from 'node:path';

/** A check that passes or fails as a whole. */
export const checked = (suite, ok) => ({ suite, passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

/** One test file of vitest's JSON report; a file that could not even be loaded counts as one failure. */
const fileOutcome = (root, { name, status, assertionResults }) => {
  const count = (...kinds) => assertionResults.filter((test) => kinds.includes(test.status)).length;
  const failed = count('failed');
  return {
    suite: relative(root, name).replaceAll('\\', '/'),
    passed: count('passed'),
    failed: status === 'failed' ? Math.max(failed, 1) : failed,
    skipped: count('pending', 'skipped', 'todo'),
  };
};

/**
 * The outcomes of a vitest run by file. A run that failed though no test did (an unhandled rejection, a crash before
 * the report) counts as one failure more.
 */
export const vitestOutcomes = (suite, { root, code, report }) => {
  const outcomes = (report?.testResults ?? [])
    .map((file) => fileOutcome(root, file))
    .sort((a, b) => (a.suite < b.suite ? -1 : 1));
  const unexplained = code !== 0 && outcomes.every(({ failed }) => failed === 0);
  return unexplained ? [...outcomes, checked(`${suite} (the run itself)`, false)] : outcomes;
};

const line = ({ suite, passed, failed, skipped }) => {
  const verdict = failed > 0 ? 'FAILED' : 'passed';
  return `${verdict}  ${suite}: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
};

/** The report's text and the exit code. */
export const summarize = (outcomes) => {
  const total = (key) => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
  const skipped = total('skipped') > 0 ? [`${total('skipped')} skipped`] : [];
  const verdict = `${total('passed')} passed, ${total('failed')} failed`;
  return {
    text: [...outcomes.map(line), '', ...skipped, verdict].join('\n'),
    code: total('failed') > 0 ? 1 : 0,
  };
};
