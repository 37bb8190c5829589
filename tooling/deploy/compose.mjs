// What is wrong with the Compose files: what `dclint` finds, the Compose schema included, and services that are not closed up.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { composePaths, servicesOf } from './folder.mjs';
import { failed } from './rule.mjs';

// The order of keys is for the reader, quotes are Biome's.
const rules = {
  'service-keys-order': 0,
  'top-level-properties-order': 0,
  'require-quotes-in-ports': [2, { quoteType: 'double' }],
};

/** dclint reads files only. */
const lint = async (path, text) => {
  const folder = await mkdtemp(join(tmpdir(), 'triad-compose-'));
  try {
    const file = join(folder, path);
    await writeFile(file, text);
    const linter = new DCLinter({ rules, quiet: false, debug: false, exclude: [] });
    const [{ messages }] = linter.lintFiles([file], false);
    return messages.map(({ line, message, rule }) => `${path}:${line}: ${message} (${rule})`);
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** What keeps a container from doing more than it has to. */
const closed = ({ read_only, cap_drop, security_opt, restart, deploy }) => [
  read_only === true || 'read_only: true is missing',
  (cap_drop?.includes('ALL') ?? false) || 'cap_drop: ALL is missing',
  (security_opt?.includes('no-new-privileges:true') ?? false) || 'no-new-privileges is missing',
  restart !== undefined || 'a restart policy is missing',
  ['cpus', 'memory', 'pids'].every((key) => deploy?.resources?.limits?.[key] !== undefined) ||
    'a limit of cpus, memory or pids is missing',
];

const openServices = (files, path) =>
  servicesOf(files, path).flatMap(([name, service]) => failed(closed(service), `${path}: ${name}`));

export const composeProblems = async (files) => {
  const linted = await Promise.all(composePaths.map((path) => lint(path, files.get(path))));
  // A file that is no Compose file has no services to look at.
  return linted.flat().length > 0 ? linted.flat() : composePaths.flatMap((path) => openServices(files, path));
};
