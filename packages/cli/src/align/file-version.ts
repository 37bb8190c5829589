import { stat } from 'node:fs/promises';
import { badArgument } from '../bad-argument.js';
import { unreadable } from './key-file.js';

/** A file as it was at some time. */
export interface FileVersion {
  readonly file: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** The file as it is now. Throws `bad-argument` where there is none. */
export const fileVersion = async (file: string): Promise<FileVersion> => {
  try {
    const { size, mtimeMs } = await stat(file);
    return { file, size, mtimeMs };
  } catch (error) {
    throw unreadable(file, error, 'name a file that is there');
  }
};

/** Throws `bad-argument` if the file has changed: its rows are others than those that were matched. */
export const requireUnchanged = async ({ file, size, mtimeMs }: FileVersion): Promise<void> => {
  const now = await fileVersion(file);
  if (now.size === size && now.mtimeMs === mtimeMs) return;
  throw badArgument(
    `${file} has changed since its keys were read`,
    'leave the file as it is until its rows are written',
  );
};
