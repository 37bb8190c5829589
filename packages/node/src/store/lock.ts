/** That one process at a time uses a data directory, whichever container or machine it is of. */
import { randomBytes } from 'node:crypto';
import { link, open, readFile, readlink, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TriadError } from '@triad/protocol';

/** A process that has a data directory. */
export interface Holder {
  readonly process: number;
  /** Of its machine or container. */
  readonly host: string;
}

/** What a lock says: its process, host and machine, and what nobody else has. */
type Words = readonly string[];

/** Milliseconds between signs of life of a holder, and without any after which one of another machine counts as gone. */
const [beat, gone] = [2000, 20_000];
/** Milliseconds that it takes to see whether there are any. */
const watched = 3 * beat;

/** Tokens of the locks of this process. */
const held = new Set<string>();

const lockIn = (folder: string): string => join(folder, 'lock');

/** Who has the data directory at a path; undefined when nobody has. */
export const holderOf = async (folder: string): Promise<Holder | undefined> => {
  const lock = lockIn(folder);
  const holder = await readLock(lock);
  if (holder === undefined || (await isDead(holder))) return undefined;
  const signs = new Signs(lock);
  if (!(await isLocal(holder)))
    while (signs.quiet < watched && signs.seen < 2) {
      await signs.look();
      await sleep(pause);
    }
  if (signs.quiet >= watched) return undefined;
  const [process, host = ''] = holder;
  return { process: Number(process), host };
};

/** Returns what gives it back. Throws `bad-argument` while another process has it; `onLost` is told when one takes it, since this one stood still. */
export const takeLock = async (
  folder: string,
  onLost: (error: TriadError) => void,
): Promise<() => Promise<void>> => {
  const lock = lockIn(folder);
  const own = [String(process.pid), hostname(), await machine(), randomBytes(16).toString('hex')];
  const signs = new Signs(lock);
  for (;;) {
    if (await writeLock(lock, own)) return keep(lock, own, onLost);
    await signs.look();
    const holder = await readLock(lock);
    if (holder === undefined) continue;
    if ((await isDead(holder)) || signs.quiet > gone) await removeLock(lock, holder);
    else if ((await isLocal(holder)) || signs.seen > 2) throw inUse(lock, holder);
    else await sleep(pause);
  }
};

/** Milliseconds between looks at a lock. */
const pause = 200;

/** What a holder shows of itself: its lock changes. Clocks of machines are not compared. */
class Signs {
  /** How often the lock has changed while it was looked at, its first state included. */
  seen = 0;
  #stamp = '';
  #since = performance.now();

  constructor(private readonly lock: string) {}

  /** Milliseconds since the last change. */
  get quiet(): number {
    return performance.now() - this.#since;
  }

  async look(): Promise<void> {
    const found = await stat(this.lock).catch(() => undefined);
    const stamp = found === undefined ? '' : `${found.ino}/${found.mtimeMs}`;
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.#since = performance.now();
    this.seen++;
  }
}

/** Where the number of a process means that process: a boot of a machine, and a container. */
const machine = async (): Promise<string> => {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const space = await readlink('/proc/self/ns/pid').catch(() => '');
  return boot === '' ? hostname() : `${boot.trim()}/${space}`;
};

/** Undefined when there is none. */
const readLock = async (lock: string): Promise<Words | undefined> => {
  try {
    return (await readFile(lock, 'utf8')).split(' ');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};

/** Whether nobody else has it. */
const writeLock = async (lock: string, own: Words): Promise<boolean> => {
  try {
    const file = await open(lock, 'wx', 0o600);
    await file.writeFile(own.join(' '));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/** Removes the lock of a holder that is gone, and nobody's who was faster to take it. */
const removeLock = async (lock: string, holder: Words): Promise<void> => {
  const aside = `${lock}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  if (tokenOf(await readLock(aside)) !== tokenOf(holder)) await link(aside, lock).catch(() => {});
  await rm(aside);
};

const keep = (lock: string, own: Words, onLost: (error: TriadError) => void): (() => Promise<void>) => {
  const token = tokenOf(own);
  held.add(token);
  const isOwn = async () => tokenOf(await readLock(lock)) === token;
  const show = async () => {
    if (await isOwn()) return utimes(lock, new Date(), new Date());
    clearInterval(timer);
    const holder = await readLock(lock);
    if (held.has(token)) onLost(holder === undefined ? removed(lock) : inUse(lock, holder));
  };
  // What cannot be read or written for a moment is tried again.
  const timer = setInterval(() => void show().catch(() => {}), beat).unref();
  return async () => {
    clearInterval(timer);
    held.delete(token);
    if (await isOwn()) await rm(lock, { force: true });
  };
};

const tokenOf = (words: Words | undefined): string => words?.[3] ?? '';

/** Whether its process is of this machine, where it can be looked for. */
const isLocal = async ([, , where]: Words): Promise<boolean> => where === (await machine());

/** Whether its process is known to have ended. */
const isDead = async (holder: Words): Promise<boolean> => {
  if (!(await isLocal(holder))) return false;
  const pid = Number(holder[0]);
  return pid === process.pid ? !held.has(tokenOf(holder)) : !isAlive(pid);
};

/** Whether a process of this machine is alive. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const removed = (lock: string): TriadError =>
  new TriadError('bad-argument', `${lock} has been removed: another process may use the folder`, {
    remedy: 'start the node again, and leave the file where it is',
  });

const inUse = (lock: string, [pid, host]: Words): TriadError =>
  new TriadError('bad-argument', `${dirname(lock)} is in use by process ${pid} of ${host}`, {
    remedy: `stop it, or name another data directory; if there is no such node any more, remove ${lock}`,
  });
