import { access, constants, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TriadError } from '@triad/protocol';
import { badArgument } from './bad-argument.js';

/**
 * Writes a file whole or not at all: beside its place first, then renamed into it. A process that dies meanwhile leaves
 * at most a `.part` file.
 */
export const writeFileWhole = (path: string, contents: string | Uint8Array, mode = 0o644): Promise<void> =>
  writeWhole(path, (file) => file.writeFile(contents), mode);

/** As `writeFileWhole`, of what `write` writes. Its TriadErrors are thrown as they are. */
export const writeWhole = async (
  path: string,
  write: (file: FileHandle) => Promise<void>,
  mode = 0o644,
): Promise<void> => {
  const part = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeDurably(part, write, mode);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    if (error instanceof TriadError) throw error;
    throw unwritable(path, error);
  }
};

/** Throws `bad-argument`, long before there is anything to write, unless there is a folder for this file, made if need be. */
export const requireWritable = async (path: string): Promise<void> => {
  try {
    await mkdir(dirname(path), { recursive: true });
    await access(dirname(path), constants.W_OK);
  } catch (error) {
    throw unwritable(path, error);
  }
};

const unwritable = (path: string, error: unknown): TriadError => {
  const reason = error instanceof Error ? error.message : String(error);
  return badArgument(`cannot write ${path}: ${reason}`, 'name a place that can be written to', error);
};

const writeDurably = async (
  path: string,
  write: (file: FileHandle) => Promise<void>,
  mode: number,
): Promise<void> => {
  const file = await open(path, 'w', mode);
  try {
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
};
