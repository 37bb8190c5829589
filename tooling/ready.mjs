// Makes a fresh clone ready to run: installs what package-lock.json names and builds every package. What is up to
// date is skipped by comparing contents, so a second run takes a fraction of a second and starts nothing.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root, run } from './run.mjs';

const stamp = join(root, 'node_modules/.cache/triad/built');
const shared = [
  'package-lock.json',
  'turbo.json',
  'tsconfig.base.json',
  'tooling/tsup.ts',
  'tooling/wasm.mjs',
];

const readJson = async (path) => JSON.parse(await readFile(join(root, path), 'utf8'));

/** Whether node_modules holds what package-lock.json asks for (npm keeps its own record of what it installed). */
const installed = async () => {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  const [wanted, present] = await Promise.all([
    readJson('package-lock.json'),
    readJson('node_modules/.package-lock.json'),
  ]);
  return Object.entries(wanted.packages).every(([path, { version, integrity, optional }]) => {
    const found = present.packages[path];
    if (path === '' || (optional && found === undefined)) return true;
    return found !== undefined && found.version === version && found.integrity === integrity;
  });
};

const isSource = (path) => !/\.test\.ts$|\.generated\.ts$/.test(path);

const filesUnder = async (folder) => {
  const entries = await readdir(join(root, folder), { withFileTypes: true, recursive: true }).catch(() => []);
  return entries
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath ?? e.path, e.name).slice(root.length + 1));
};

const packages = async () => {
  const names = (await readdir(join(root, 'packages'))).sort();
  return names
    .map((name) => `packages/${name}`)
    .filter((path) => existsSync(join(root, path, 'package.json')));
};

/** Everything a build reads, as one hash. */
const sourceHash = async () => {
  const own = ['package.json', 'tsup.config.ts', 'tsconfig.json'];
  const found = await Promise.all(
    (await packages()).map(async (path) => [
      ...own.map((name) => `${path}/${name}`),
      ...(await filesUnder(`${path}/src`)),
      ...(await filesUnder(`${path}/kernel`)),
    ]),
  );
  const files = [...shared, ...found.flat().filter(isSource).sort()];
  const contents = await Promise.all(files.map((file) => readFile(join(root, file))));
  const hash = createHash('sha256');
  for (const [i, file] of files.entries())
    hash.update(`${file}\0${contents[i].length}\0`).update(contents[i]);
  return hash.digest('hex');
};

const targets = (exported) =>
  typeof exported === 'string' ? [exported] : Object.values(exported ?? {}).flatMap(targets);

/** Whether every file the packages export or run has been built. */
const built = async () => {
  const present = await Promise.all(
    (await packages()).map(async (path) => {
      const { exports, bin } = await readJson(`${path}/package.json`);
      return [...targets(exports), ...targets(bin)].every((target) => existsSync(join(root, path, target)));
    }),
  );
  return present.every(Boolean);
};

const install = async () => {
  if (await installed()) return console.log('ready: dependencies are up to date');
  console.log('ready: installing dependencies (npm ci)');
  const code = await run('npm', ['ci', '--loglevel=error'], { quiet: true });
  if (code !== 0) throw new Error('npm ci failed; its message above says why');
};

const build = async () => {
  const hash = await sourceHash();
  const last = await readFile(stamp, 'utf8').catch(() => '');
  if (last === hash && (await built())) return console.log('ready: packages are up to date');
  console.log('ready: building the packages (turbo run build)');
  const code = await run('turbo', ['run', 'build', '--output-logs=errors-only', '--concurrency=2'], {
    quiet: true,
  });
  if (code !== 0) throw new Error('the build failed; its message above says why');
  await mkdir(dirname(stamp), { recursive: true });
  await writeFile(stamp, hash);
};

try {
  await install();
  await build();
} catch (error) {
  console.error(`ready: ${error.message}`);
  process.exitCode = 1;
}
