/** A node's data directory: one node's, and used by one process at a time. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileWhole } from '@triad/data';
import { TriadError } from '@triad/protocol';
import { takeLock } from './lock.js';

export interface Owner {
  readonly federation: string;
  readonly role: string;
}

export interface Folder {
  readonly path: string;
  /** The path of a file or folder in it. */
  at(...names: readonly string[]): string;
  /** Lets another process use it. */
  close(): Promise<void>;
}

/**
 * Throws `mismatch` when it is another node's, `bad-argument` when it cannot be used, or is in use. `onLost` is told when another process takes it,
 * since this one showed no sign of life.
 */
export const openFolder = async (
  path: string,
  owner: Owner,
  onLost: (error: TriadError) => void,
): Promise<Folder> => {
  const at = (...names: readonly string[]) => join(path, ...names);
  try {
    for (const name of ['data', 'grants', 'jobs']) await mkdir(at(name), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(path, error);
  }
  const release = await takeLock(path, onLost).catch((error: unknown) => {
    throw error instanceof TriadError ? error : unusable(path, error);
  });
  try {
    await checkOwner(at('node.json'), path, owner);
  } catch (error) {
    await release();
    throw error;
  }
  return { path, at, close: release };
};

const checkOwner = async (file: string, path: string, { federation, role }: Owner): Promise<void> => {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const own = `${JSON.stringify({ federation, role })}\n`;
  if (text === undefined) return writeFileWhole(file, own, 0o600);
  if (text === own) return;
  throw new TriadError(
    'mismatch',
    `${path} is not of node ${role} of ${federation}, but of ${ownerIn(text)}`,
    {
      remedy: 'give every node a data directory of its own',
    },
  );
};

const ownerIn = (text: string): string => {
  try {
    const { federation, role } = JSON.parse(text) as Owner;
    return `node ${role} of ${federation}`;
  } catch {
    return 'something else';
  }
};

const unusable = (path: string, error: unknown): TriadError =>
  new TriadError('bad-argument', `the data directory ${path} cannot be used: ${(error as Error).message}`, {
    remedy: 'name a folder that this process may write to',
    cause: error,
  });

/** A file's name for a name that others chose. */
export const fileName = (name: string): string =>
  createHash('sha256').update(name).digest('hex').slice(0, 32);
