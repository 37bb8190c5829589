import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { badArgument } from './bad-argument.js';

/**
 * Writes a file whole or not at all: beside its place first, then renamed into it. A process that dies meanwhile leaves
 * at most a `.part` file.
 */
export const writeFileWhole = async (
  path: string,
  contents: string | Uint8Array,
  mode = 0o644,
): Promise<void> => {
  const part = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeDurably(part, contents, mode);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    const reason = error instanceof Error ? error.message : String(error);
    throw badArgument(`cannot write ${path}: ${reason}`, 'name a place that can be written to', error);
  }
};

const writeDurably = async (path: string, contents: string | Uint8Array, mode: number): Promise<void> => {
  const file = await open(path, 'w', mode);
  try {
    await file.writeFile(contents);
    await file.sync();
  } finally {
    await file.close();
  }
};
