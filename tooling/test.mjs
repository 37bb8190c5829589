// `npm test`: set-up, checks, the tests of every package, then the packed packages in environments/. The last line is
// `N passed, N failed` over all of them; the exit code is 1 if anything failed.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checked, summarize, vitestOutcomes } from './report.mjs';
import { root, run } from './run.mjs';

const checks = [
  ['biome', 'biome', ['check', '.']],
  ['lock', 'node', ['tooling/lock.mjs', '--check']],
  ['arrows', 'node', ['tooling/arrows.mjs']],
  ['costs', 'node', ['tooling/costs.mjs', '--check']],
  ['types', 'turbo', ['run', 'types', '--output-logs=errors-only', '--concurrency=2']],
];

const check = async ([suite, program, args, quiet = true]) => {
  console.log(`\n== ${suite}`);
  return checked(suite, (await run(program, args, { quiet })) === 0);
};

const vitest = async (suite, config) => {
  console.log(`\n== ${suite}`);
  const folder = await mkdtemp(join(tmpdir(), 'triad-test-'));
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await run('vitest', ['run', `--config=${config}`, ...reporters]);
  const report = await readFile(file, 'utf8').then(JSON.parse, () => undefined);
  await rm(folder, { recursive: true });
  return vitestOutcomes(suite, { root, code, report });
};

const outcomes = [await check(['ready', 'node', ['tooling/ready.mjs'], false])];
if (outcomes[0].failed === 0) {
  for (const item of checks) outcomes.push(await check(item));
  outcomes.push(...(await vitest('packages', 'vitest.config.ts')));
  outcomes.push(...(await vitest('environments', 'environments/vitest.config.ts')));
}
const { text, code } = summarize(outcomes);
console.log(`\n${text}`);
process.exitCode = code;
