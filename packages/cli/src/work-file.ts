import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readWork, type Work } from '@triad/node';
import { TriadError } from '@triad/protocol';
import { badArgument } from './bad-argument.js';
import { load } from './program-file.js';

/** The work in a JSON file, or the default export of a .ts or .js file. Throws `bad-argument` for what is none. */
export const readWorkFile = async (file: string): Promise<Work> => {
  const value = /\.[cm]?[jt]s$/.test(file) ? await exported(file) : await parsed(file);
  return readWork(value);
};

const parsed = async (file: string): Promise<unknown> => {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw unreadable(file, error, 'name a .json, .ts or .js file of a work');
  }
};

const exported = async (file: string): Promise<unknown> => {
  try {
    return ((await load(resolve(file))) as { readonly default?: unknown }).default;
  } catch (error) {
    if (error instanceof TriadError) throw error;
    const missing = /Cannot find (?:module|package) '(@triad\/[a-z-]+)/.exec((error as Error).message);
    throw unreadable(
      file,
      error,
      missing === null
        ? 'name a file whose default export is made by `work(...)` of @triad/node'
        : `install it where the file is: npm install ${missing[1]}`,
    );
  }
};

const unreadable = (file: string, error: unknown, remedy: string): TriadError => {
  const [reason] = (error as Error).message.split('\n');
  return badArgument(`cannot read the work ${file}: ${reason}`, remedy, error);
};
