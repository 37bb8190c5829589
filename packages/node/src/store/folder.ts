/** A node's data directory: one node's, and used by one process at a time. */
import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** A process that has a data directory. */
export interface Holder {
  readonly process: number;
  /** Of its machine or container. */
  readonly host: string;
}

/** Who has the data directory at a path; undefined when nobody has. */
export const holderOf = async (path: string): Promise<Holder | undefined> => {
  const lock = join(path, 'lock');
  const holder = await readFile(lock, 'utf8').catch(() => '');
  if (holder === '' || (await isGone(lock, holder))) return undefined;
  const [pid, host = ''] = holder.split(' ');
  return { process: Number(pid), host };
};

/** Throws `mismatch` when it is another node's, `bad-argument` when it cannot be used, or is in use. */
export const openFolder = async (path: string, owner: Owner): Promise<Folder> => {
  const at = (...names: readonly string[]) => join(path, ...names);
  try {
    for (const name of ['data', 'grants', 'jobs']) await mkdir(at(name), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(path, error);
  }
  const lock = at('lock');
  const release = await takeLock(lock, path);
  try {
    await checkOwner(at('node.json'), path, owner);
  } catch (error) {
    await release();
    throw error;
  }
  return { path, at, close: release };
};

/** Whose the lock is: a process of some machine or container. */
const self = `${process.pid} ${hostname()}`;
/** Milliseconds between signs of life of a holder, and after which one of another machine counts as gone. */
const [beat, gone] = [2000, 10_000];

/** Returns what gives it back. */
const takeLock = async (lock: string, path: string): Promise<() => Promise<void>> => {
  for (const since = Date.now(); ; await sleep(200)) {
    if (await writeLock(lock, path)) return keepAlive(lock);
    const holder = await readFile(lock, 'utf8').catch(() => '');
    if (await isGone(lock, holder)) await removeLock(lock, holder);
    else if (Date.now() - since > gone || isAlive(holder)) {
      const [pid, host] = holder.split(' ');
      throw new TriadError('bad-argument', `${path} is in use by process ${pid} of ${host}`, {
        remedy: 'stop it, or name another data directory',
      });
    }
  }
};

/** Removes the lock of a holder that is gone, and nobody's who was faster to take it. */
const removeLock = async (lock: string, holder: string): Promise<void> => {
  const aside = `${lock}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== holder) await link(aside, lock).catch(() => {});
  await rm(aside);
};

/** Whether nobody else has it. */
const writeLock = async (lock: string, path: string): Promise<boolean> => {
  try {
    const file = await open(lock, 'wx', 0o600);
    await file.writeFile(self);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unusable(path, error);
  }
};

const keepAlive = (lock: string): (() => Promise<void>) => {
  const timer = setInterval(() => void utimes(lock, new Date(), new Date()).catch(() => {}), beat).unref();
  return async () => {
    clearInterval(timer);
    await rm(lock, { force: true });
  };
};

/** A process of this machine is looked at; for those of others, their signs of life speak. */
const isGone = async (lock: string, holder: string): Promise<boolean> => {
  if (holder === self) return true;
  if (holder.endsWith(` ${hostname()}`)) return !isAlive(holder);
  const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs > gone;
};

/** Whether a process of this machine is alive. */
const isAlive = (holder: string): boolean => {
  const [pid, host] = holder.split(' ');
  if (host !== hostname() || !(Number(pid) > 0)) return false;
  try {
    process.kill(Number(pid), 0);
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
