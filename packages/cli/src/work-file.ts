import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readWork, type Work } from '@triad/node';
import { badArgument } from './bad-argument.js';
import { load } from './program-file.js';

/** The work in a JSON file, or the default export of a .ts or .js file. Throws `bad-argument` for what is none. */
export const readWorkFile = async (file: string): Promise<Work> => {
  if (!/\.json$/.test(file)) {
    const { default: found } = (await load(resolve(file))) as { readonly default?: unknown };
    return readWork(found);
  }
  try {
    return readWork(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error as NodeJS.ErrnoException).code?.startsWith('E'))
      throw error;
    const reason = (error as Error).message;
    throw badArgument(
      `cannot read the work ${file}: ${reason}`,
      'name a .json, .ts or .js file of a work',
      error,
    );
  }
};
