// Checks the arrows of DESIGN.md over every package.json and every import of packages/*/{src,kernel}:
//
//     ring <- protocol <- { aby3, ot-psi, layers, net } <- data <- node <- cli <- examples
//
// A package sees lower levels only, by name and not by path, and imports nothing its package.json does not declare.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join, posix, resolve } from 'node:path';
import ts from 'typescript';

const scope = '@triad/';
const levels = [
  ['ring'],
  ['protocol'],
  ['aby3', 'ot-psi', 'layers', 'net'],
  ['data'],
  ['node'],
  ['cli'],
  ['examples'],
];
const level = (name) => levels.findIndex((names) => names.includes(name));

const shipped = ['dependencies', 'peerDependencies', 'optionalDependencies'];
const declared = (manifest, kinds) => new Set(kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {})));

/** Why `from` may not depend on `to`, or undefined. */
const arrowRule = (from, to) => {
  if (level(to) < 0) return `${scope}${to} is on no level of DESIGN.md`;
  if (level(to) < level(from)) return undefined;
  const relation = level(to) === level(from) ? 'its sibling' : 'above it';
  return `${from} may not depend on ${scope}${to}, ${relation}: ring <- protocol <- {aby3, ot-psi, layers, net} <- data <- node <- cli <- examples`;
};

/** `@scope/name` or `name` of an import such as `@scope/name/sub.js`. */
const packageOf = (specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

const lineOf = (text, position) => text.slice(0, position).split('\n').length;

const manifestViolations = ({ name, file, text, manifest }) => {
  const names = declared(manifest, [...shipped, 'devDependencies']);
  return [...names]
    .filter((dependency) => dependency.startsWith(scope))
    .map((dependency) => ({
      file,
      line: lineOf(text, text.indexOf(`"${dependency}"`)),
      rule: arrowRule(name, dependency.slice(scope.length)),
    }))
    .filter(({ rule }) => rule !== undefined);
};

/** Tests and what only they import. */
const isTest = (file) => /\.test\.[jt]s$|\/fixture\//.test(file);

const pathRule = (owner, file, target) => {
  if (!target.startsWith(`${owner.path}/`)) return 'a relative import may not leave its package';
  return isTest(target) && !isTest(file) ? 'only tests import tests and fixtures' : undefined;
};

/** Why a file may not import `specifier`, or undefined. */
const importRule = (owner, file, specifier, allowed) => {
  if (specifier.startsWith('.')) return pathRule(owner, file, posix.join(posix.dirname(file), specifier));
  if (specifier.startsWith('node:')) return undefined;
  if (builtinModules.includes(specifier)) return `write node:${specifier}, so that it cannot be a package`;
  const dependency = packageOf(specifier);
  if (dependency === `${scope}${owner.name}`) return 'a package imports its own files by path';
  const rule = dependency.startsWith(scope)
    ? arrowRule(owner.name, dependency.slice(scope.length))
    : undefined;
  if (rule !== undefined) return rule;
  return allowed.has(dependency) ? undefined : `${dependency} is not declared in ${owner.file}`;
};

const importViolations = async (root, owner, file, allowed) => {
  const text = await readFile(join(root, file), 'utf8');
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName, pos }) => ({
      file,
      line: lineOf(text, pos),
      rule: importRule(owner, file, fileName, allowed),
    }))
    .filter(({ rule }) => rule !== undefined);
};

const readPackage = async (root, name) => {
  const path = `packages/${name}`;
  const file = `${path}/package.json`;
  const text = await readFile(join(root, file), 'utf8');
  return { name, path, file, text, manifest: JSON.parse(text) };
};

const sources = async (root, path) => {
  const folders = ['src', 'kernel'].map(async (folder) => {
    const entries = await readdir(join(root, path, folder), { recursive: true }).catch(() => []);
    return entries.map((entry) => `${path}/${folder}/${entry.replaceAll('\\', '/')}`);
  });
  const files = (await Promise.all(folders)).flat().sort();
  return files.filter((file) => /\.[cm]?[jt]sx?$/.test(file));
};

const packageViolations = async (root, owner, rootManifest) => {
  if (level(owner.name) < 0)
    return [{ file: owner.file, line: 1, rule: `${owner.name} is on no level of DESIGN.md` }];
  const inShipped = declared(owner.manifest, shipped);
  const inTests = new Set([
    ...inShipped,
    ...declared(owner.manifest, ['devDependencies']),
    ...declared(rootManifest, ['devDependencies']),
  ]);
  const files = await sources(root, owner.path);
  const found = await Promise.all(
    files.map((file) => importViolations(root, owner, file, isTest(file) ? inTests : inShipped)),
  );
  return [...manifestViolations(owner), ...found.flat()];
};

/** Every breach of the arrows under `root`, as { file, line, rule }. */
export const violations = async (root) => {
  const folders = (await readdir(join(root, 'packages'))).sort();
  const names = folders.filter((name) => existsSync(join(root, 'packages', name, 'package.json')));
  const rootManifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const owners = await Promise.all(names.map((name) => readPackage(root, name)));
  return (await Promise.all(owners.map((owner) => packageViolations(root, owner, rootManifest)))).flat();
};

if (process.argv[1] === import.meta.filename) {
  const found = await violations(resolve(import.meta.dirname, '..'));
  for (const { file, line, rule } of found) console.error(`${file}:${line}: ${rule}`);
  if (found.length > 0) process.exitCode = 1;
  else console.log('arrows: every dependency points down');
}
