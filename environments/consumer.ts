import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { tarball } from './pack.js';
import { succeed } from './process.js';
import { closure, short } from './workspace.js';

/** A fresh project outside the repository into which one package was installed. */
export interface Consumer {
  readonly name: string;
  readonly folder: string;
}

const consumers = new Map<string, Promise<Consumer>>();

const install = async (name: string): Promise<Consumer> => {
  const folder = join(inject('packed'), 'consumer', short(name));
  const files = [...closure(name)].map((each) => [each, `file:../../${tarball(each)}`]);
  await mkdir(folder, { recursive: true });
  const manifest = { private: true, type: 'module', dependencies: Object.fromEntries(files) };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await succeed(
    'npm',
    ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
    folder,
  );
  return { name, folder };
};

/** The project that has a package, the packages of this repository it depends on, and nothing else of ours. */
export const consumerOf = (name: string): Promise<Consumer> => {
  const consumer = consumers.get(name) ?? install(name);
  consumers.set(name, consumer);
  return consumer;
};

/** The packages of this repository that were installed. */
export const installedIn = async ({ folder }: Consumer): Promise<readonly string[]> =>
  (await readdir(join(folder, 'node_modules/@triad'))).map((each) => `@triad/${each}`).sort();

/** A file of the installed package. */
export const readInstalled = ({ name, folder }: Consumer, file: string): Promise<string> =>
  readFile(join(folder, 'node_modules', name, file), 'utf8');

/** Writes a file into the project and returns its path. */
export const place = async ({ folder }: Consumer, file: string, text: string): Promise<string> => {
  const path = join(folder, file);
  await writeFile(path, text);
  return path;
};
