import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { createJiti } from 'jiti';
import { badArgument } from './bad-argument.js';
import { wordsOf } from './job-option.js';

/** Runs a program file to its end, with this command line in `process.argv`, where `job()` reads it. */
export const runProgram = async (program: string, words: readonly string[]): Promise<void> => {
  const path = resolve(program);
  if (!existsSync(path)) throw badArgument(`there is no program ${program}`, 'name a .ts or .js file');
  process.argv = [process.argv[0]!, path, ...words];
  await load(path);
};

/** What a .ts or .js file exports. */
export const load = (path: string): Promise<unknown> =>
  /\.[cm]?ts$/.test(path)
    ? createJiti(path, { alias: ownPackages(path) }).import(path)
    : import(pathToFileURL(path).href);

/** Packages that come with this command, where the file's project has none of its own. */
const ownPackages = (path: string): Record<string, string> => {
  const project = createRequire(path);
  const isThere = (name: string): boolean => {
    try {
      project.resolve(name);
      return true;
    } catch {
      return false;
    }
  };
  const names = ['aby3', 'layers', 'net', 'node', 'protocol', 'ring'].map((name) => `@triad/${name}`);
  return Object.fromEntries(
    names.filter((name) => !isThere(name)).map((name) => [name, fileURLToPath(import.meta.resolve(name))]),
  );
};

/** The words for `runProgram`: a command's job options, then the program's own arguments. */
export const programWords = (command: Command, args: readonly string[]): string[] => [
  ...wordsOf(command),
  '--',
  ...args,
];
