// `npm test`: set-up, checks, the tests of every package, then the packed packages in environments/. The last line is
// `N passed, N failed` over all of them; the exit code is 1 if anything failed.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root, run } from './run.mjs';

const checks = [
  ['biome', 'biome', ['check', '--reporter=summary', '.']],
  ['lock', 'node', ['tooling/lock.mjs', '--check']],
  ['arrows', 'node', ['tooling/arrows.mjs']],
  ['types', 'turbo', ['run', 'types', '--output-logs=errors-only', '--concurrency=2']],
];

const check = async ([suite, program, args]) => {
  console.log(`\n== ${suite}`);
  const { code } = await run(program, args);
  return { suite, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
};

/** One test file of vitest's JSON report; a file that could not even be loaded counts as one failure. */
const outcome = ({ name, status, assertionResults }) => {
  const count = (...kinds) => assertionResults.filter((test) => kinds.includes(test.status)).length;
  const failed = count('failed');
  return {
    suite: relative(root, name).replaceAll('\\', '/'),
    passed: count('passed'),
    failed: status === 'failed' ? Math.max(failed, 1) : failed,
    skipped: count('pending', 'skipped', 'todo'),
  };
};

/** Runs vitest with a config; a run that fails without a failed test (an unhandled rejection) counts as one failure. */
const vitest = async (suite, config) => {
  console.log(`\n== ${suite}`);
  const folder = await mkdtemp(join(tmpdir(), 'triad-test-'));
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code } = await run('vitest', ['run', `--config=${config}`, ...reporters]);
  const report = await readFile(file, 'utf8').then(JSON.parse, () => ({ testResults: [] }));
  await rm(folder, { recursive: true });
  const outcomes = report.testResults.map(outcome).sort((a, b) => (a.suite < b.suite ? -1 : 1));
  const unexplained = code !== 0 && outcomes.every(({ failed }) => failed === 0);
  return unexplained
    ? [...outcomes, { suite: `${suite} (the run itself)`, passed: 0, failed: 1, skipped: 0 }]
    : outcomes;
};

const line = ({ suite, passed, failed, skipped }) =>
  `${failed > 0 ? 'FAILED' : 'passed'}  ${suite}: ${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

const report = (outcomes) => {
  const total = (key) => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
  console.log(`\n${outcomes.map(line).join('\n')}\n`);
  if (total('skipped') > 0) console.log(`${total('skipped')} skipped`);
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
  process.exitCode = total('failed') > 0 ? 1 : 0;
};

const outcomes = [await check(['ready', 'node', ['tooling/ready.mjs']])];
if (outcomes[0].failed === 0) {
  for (const item of checks) outcomes.push(await check(item));
  outcomes.push(...(await vitest('packages', 'vitest.config.ts')));
  outcomes.push(...(await vitest('environments', 'environments/vitest.config.ts')));
}
report(outcomes);
