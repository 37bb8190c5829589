// Completes package-lock.json with the optional packages of other platforms. npm leaves out those that the registry at
// hand did not serve or that another platform's node_modules hid from it, and `npm ci` then refuses the whole file.
// Versions are those the depending package names; the entries carry no integrity, since nothing was downloaded.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './run.mjs';

const systems = { windows: 'win32' };
const processors = { 64: 'x64' };
const known = {
  os: ['android', 'darwin', 'freebsd', 'linux', 'openbsd', 'openharmony', 'windows', 'win32'],
  cpu: ['64', 'arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'],
  libc: ['musl', 'gnu'],
};

/** os, cpu and libc from a name such as `@rollup/rollup-linux-x64-musl`; undefined when it is not of that form. */
const platform = (name) => {
  const words = name.split('/').at(-1).split('-');
  const find = (kind) => words.find((word) => known[kind].includes(word));
  const [os, cpu, libc] = [find('os'), find('cpu'), find('libc')];
  if (os === undefined || cpu === undefined) return undefined;
  return {
    cpu: [processors[cpu] ?? cpu],
    os: [systems[os] ?? os],
    ...(os === 'linux' && libc !== undefined ? { libc: [libc === 'gnu' ? 'glibc' : libc] } : {}),
  };
};

/** Where Node would find `name` from a package at `path`: the folders to look into, nearest first. */
const candidates = (path, name) => {
  const parts = path.split('/node_modules/');
  const nested = parts.map(
    (_, i) => `${parts.slice(0, parts.length - i).join('/node_modules/')}/node_modules/${name}`,
  );
  return [...nested, `node_modules/${name}`];
};

const file = join(root, 'package-lock.json');
const lock = JSON.parse(await readFile(file, 'utf8'));
const added = [];
for (const [path, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const target = platform(name);
    if (target === undefined || !/^\d/.test(version)) continue;
    if (candidates(path, name).some((place) => lock.packages[place] !== undefined)) continue;
    const { cpu, ...rest } = target;
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu,
      ...(dev ? { dev } : {}),
      optional: true,
      ...rest,
    };
    added.push(`${name}@${version}`);
  }
}
const complete = added.length === 0;
if (complete) console.log('lock: nothing is missing');
else if (process.argv.includes('--check')) {
  console.error(`lock: run \`node tooling/lock.mjs\` to add ${added.join(', ')}`);
  process.exitCode = 1;
} else {
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  await writeFile(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  console.log(`lock: added ${added.join(', ')}`);
}
