import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { TriadError } from '@triad/protocol';
import type { WebHdfsLocation } from '../location.js';
import { PartWriter } from '../part-writer.js';
import { mayPass, type Patience, passing, persist } from '../patience.js';
import { leftoverAgeMs, type Sink } from '../storage.js';
import { WebHdfs } from './webhdfs.js';

/** What is appended at a time, and kept until it has arrived. */
const partBytes = 2 ** 24;

/**
 * A file that appears whole when it is committed: until then it is `.NAME.RANDOM.part` in the same folder. Those that processes left behind a day ago
 * or earlier are removed first.
 */
export const createWebHdfs = async (
  location: WebHdfsLocation,
  patience: Patience,
  mode: number,
): Promise<Sink> => {
  const hdfs = new WebHdfs(location, patience);
  const { path } = location;
  const [folder, name] = [posix.dirname(path), posix.basename(path)];
  await persist(() => removeLeftovers(hdfs, folder, name), { ms: patience.contact });
  const part = posix.join(folder, `.${name}.${randomBytes(4).toString('hex')}.part`);
  const file = new PartFile(hdfs, part, path);
  try {
    await persist(() => hdfs.create(part, mode), { ms: patience.contact });
  } catch (error) {
    if (mayPass(error)) await hdfs.remove(part).catch(() => {});
    throw error;
  }
  return {
    name: hdfs.name,
    write: (bytes) => file.write(bytes),
    commit: () => file.commit(),
    abort: () => file.abort(),
  };
};

/** Listing starts where the parts' names do. A folder that cannot be listed has none that could be removed. */
const removeLeftovers = async (hdfs: WebHdfs, folder: string, name: string): Promise<void> => {
  const prefix = `.${name}.`;
  const before = Date.now() - leftoverAgeMs;
  for (let [last, next] = ['', prefix]; next.startsWith(prefix) && next !== last; ) {
    last = next;
    const found = await hdfs.list(folder, last).catch((error: unknown) => {
      if (mayPass(error)) throw error;
      return [];
    });
    const old = found.filter(
      ({ pathSuffix, modificationTime }) =>
        pathSuffix.startsWith(prefix) &&
        /^[0-9a-f]{8}\.part$/.test(pathSuffix.slice(prefix.length)) &&
        modificationTime < before,
    );
    for (const { pathSuffix } of old) await hdfs.remove(posix.join(folder, pathSuffix)).catch(() => {});
    next = found.at(-1)?.pathSuffix ?? '';
  }
};

class PartFile {
  readonly #writer = new PartWriter(
    () => partBytes,
    (part) => this.#append(part),
  );
  readonly #end = new AbortController();
  /** Bytes that have arrived. */
  #length = 0;

  constructor(
    private readonly hdfs: WebHdfs,
    private readonly part: string,
    private readonly target: string,
  ) {}

  write(bytes: Uint8Array): Promise<void> {
    return this.#writer.write(bytes);
  }

  async commit(): Promise<void> {
    await this.#writer.end();
    const { length, fileId } = await this.#persist(() => this.hdfs.status(this.part, 'written'));
    if (length !== this.#length)
      throw new TriadError('mismatch', `${this.hdfs.name}: ${length} bytes arrived of ${this.#length}`, {
        remedy: 'start again',
      });
    await this.#persist(() => this.#publish(fileId));
  }

  async abort(): Promise<void> {
    this.#end.abort();
    await this.#writer.settled();
    await persist(() => this.hdfs.remove(this.part), { ms: this.hdfs.patience.transfer }).catch(() => {});
  }

  /** Goes on where an attempt broke off. */
  async #append(part: Uint8Array): Promise<void> {
    const start = this.#length;
    let [reached, broken] = [0, false];
    const attempt = async (): Promise<void> => {
      if (broken) reached = await this.#arrived(start, part.length);
      broken = true;
      if (reached < part.length) await this.hdfs.append(this.part, part.subarray(reached), this.#end.signal);
    };
    await this.#persist(attempt, () => reached);
    this.#length = start + part.length;
  }

  /** How much of a part the file has. A data node may still be writing what it got: cutting the file to the length it says succeeds only when none does. */
  async #arrived(start: number, most: number): Promise<number> {
    const { length } = await this.hdfs.status(this.part, 'written');
    const kept = Math.min(length, start + most);
    if (kept < start)
      throw new TriadError('mismatch', `${this.hdfs.name}: bytes that had arrived are lost`, {
        remedy: 'start again',
      });
    if (await this.hdfs.truncate(this.part, kept)) return kept - start;
    throw passing(this.hdfs.name, 'its last block is being recovered');
  }

  /**
   * Renames the part over the target: in one step at a name node. HttpFS does not replace files: there the old one is removed first, and for a moment
   * there is none.
   */
  async #publish(fileId: number): Promise<void> {
    try {
      if (await this.hdfs.replace(this.part, this.target)) return;
      await this.hdfs.remove(this.target);
      if (await this.hdfs.rename(this.part, this.target)) return;
    } catch (error) {
      if (mayPass(error)) throw error;
      // A part that is no longer there may be in its place, if the answer to that was lost.
      const found = await this.hdfs.status(this.target, 'written').catch(() => undefined);
      if (found === undefined || fileId === 0 || found.fileId !== fileId) throw error;
      return;
    }
    throw new TriadError('bad-argument', `${this.hdfs.name} cannot be written: something else is there`, {
      remedy: 'name another place',
    });
  }

  #persist<T>(act: () => Promise<T>, reached?: () => number): Promise<T> {
    const { transfer: ms } = this.hdfs.patience;
    return persist(act, { ms, signal: this.#end.signal, ...(reached !== undefined && { reached }) });
  }
}
