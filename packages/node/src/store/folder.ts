/** A node's data directory: one node's, and used by one process at a time. */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileWhole } from '@triad/data';
import { TriadError } from '@triad/protocol';

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

/** Throws `mismatch` when it is another node's, `bad-argument` when it cannot be used, or is in use. */
export const openFolder = async (path: string, owner: Owner): Promise<Folder> => {
  const at = (...names: readonly string[]) => join(path, ...names);
  try {
    for (const name of ['data', 'grants', 'jobs']) await mkdir(at(name), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(path, error);
  }
  const lock = at('lock');
  await takeLock(lock, path);
  try {
    await checkOwner(at('node.json'), path, owner);
  } catch (error) {
    await rm(lock, { force: true });
    throw error;
  }
  return { path, at, close: () => rm(lock, { force: true }) };
};

const takeLock = async (lock: string, path: string): Promise<void> => {
  for (;;) {
    try {
      const file = await open(lock, 'wx', 0o600);
      await file.writeFile(String(process.pid));
      return await file.close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(path, error);
    }
    const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (holder !== process.pid && isAlive(holder)) {
      throw new TriadError('bad-argument', `${path} is in use by process ${holder}`, {
        remedy: 'stop it, or name another data directory',
      });
    }
    await rm(lock, { force: true });
  }
};

const isAlive = (pid: number): boolean => {
  if (!(Number.isInteger(pid) && pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const checkOwner = async (file: string, path: string, { federation, role }: Owner): Promise<void> => {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const own = `${JSON.stringify({ federation, role })}\n`;
  if (text === undefined) return writeFileWhole(file, own, 0o600);
  if (text === own) return;
  throw new TriadError(
    'mismatch',
    `${path} is not of role ${role} of ${federation}, but says ${text.trim()}`,
    {
      remedy: 'give every node a data directory of its own',
    },
  );
};

const unusable = (path: string, error: unknown): TriadError =>
  new TriadError('bad-argument', `the data directory ${path} cannot be used: ${(error as Error).message}`, {
    remedy: 'name a folder that this process may write to',
    cause: error,
  });

/** A file's name for a name that others chose. */
export const fileName = (name: string): string =>
  createHash('sha256').update(name).digest('hex').slice(0, 32);
