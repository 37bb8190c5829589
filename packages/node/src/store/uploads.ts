/** Share files that are being sent: what has come so far stays, so that a sender whose connection broke goes on where it was. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat, truncate } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileError } from '@triad/data';
import { TriadError } from '@triad/protocol';
import type { Folder } from './folder.js';

/** Milliseconds after which what nobody goes on with is forgotten. */
const forgottenAfter = 24 * 60 * 60 * 1000;

/** Whose upload of what. */
export interface UploadKey {
  readonly owner: string;
  /** 32 hexadecimal digits that the sender has chosen. */
  readonly id: string;
}

/** A piece of a file: from where on, and what. */
export interface Piece {
  readonly from: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Bytes of an owner that are here, or on their way: counted while they come, since several uploads may come at once. */
interface Account {
  bytes: number;
}

interface Receiving<T> {
  readonly stop: AbortController;
  readonly over: Promise<T>;
}

/** What is made of a whole upload in the file at `path`: it moves the file, or throws. */
export type Finish<T> = (path: string) => Promise<T>;

export class Uploads<T> {
  readonly #receiving = new Map<string, Receiving<T>>();
  readonly #accounts = new Map<string, Account>();

  private constructor(private readonly folder: Folder) {}

  static async open<T>(folder: Folder): Promise<Uploads<T>> {
    await mkdir(folder.at('uploads'), { recursive: true, mode: 0o700 });
    const uploads = new Uploads<T>(folder);
    for (const name of await readdir(folder.at('uploads')))
      uploads.#accountOf(name.split('.')[0]!).bytes += await sizeOf(folder.at('uploads', name));
    await uploads.#sweep();
    return uploads;
  }

  /** Bytes that are here. */
  async size(key: UploadKey): Promise<number> {
    return sizeOf(this.#path(key));
  }

  /**
   * Adds what comes to the first `from` bytes of what is here, and finishes when the sender has sent all. A connection that breaks leaves
   * what came, and is `closed`; other errors leave nothing. An earlier one of the same upload is ended, since its sender has come back; what it
   * finished nevertheless counts. Throws `mismatch` for a `from` beyond its end, `limit` for more than `maxBytes` in all uploads of the owner.
   */
  async receive(key: UploadKey, piece: Piece, maxBytes: () => number, finish: Finish<T>): Promise<T> {
    const path = this.#path(key);
    const earlier = this.#receiving.get(path);
    earlier?.stop.abort();
    const stop = new AbortController();
    const receive = async () => {
      const before = await earlier?.over.catch(() => undefined);
      if (before !== undefined) return before;
      stop.signal.throwIfAborted();
      await this.#sweep();
      await this.#append(key, piece, maxBytes, stop.signal);
      return this.#finish(key, finish);
    };
    const over = receive();
    this.#receiving.set(path, { stop, over });
    try {
      return await over;
    } finally {
      if (this.#receiving.get(path)?.over === over) this.#receiving.delete(path);
    }
  }

  /** The file is elsewhere afterwards, or gone. */
  async #finish(key: UploadKey, finish: Finish<T>): Promise<T> {
    try {
      return await finish(this.#path(key));
    } finally {
      await rm(this.#path(key), { force: true });
      await this.#recount(key.owner);
    }
  }

  async #append(
    key: UploadKey,
    { from, body }: Piece,
    maxBytes: () => number,
    signal: AbortSignal,
  ): Promise<void> {
    const path = this.#path(key);
    const here = await sizeOf(path);
    if (from > here)
      throw new TriadError('mismatch', `${here} bytes of the upload are here, not ${from}`, {
        remedy: `go on from byte ${here}`,
      });
    const account = this.#accountOf(key.owner);
    try {
      if (from < here) await truncate(path, from);
      account.bytes -= here - from;
      const file = createWriteStream(path, {
        flags: from === 0 ? 'w' : 'r+',
        start: from,
        mode: 0o600,
        flush: true,
      });
      await pipeline(counted(body, account, maxBytes), file, { signal });
    } catch (error) {
      await this.#recount(key.owner);
      if (isInterruption(error, signal))
        throw new TriadError('closed', 'the upload broke off', { remedy: 'go on with it', cause: error });
      await this.#forget(path, key.owner);
      throw fileError(error, 'the upload cannot be kept', 'look at the data directory of the node');
    }
  }

  #accountOf(owner: string): Account {
    const account = this.#accounts.get(owner) ?? { bytes: 0 };
    this.#accounts.set(owner, account);
    return account;
  }

  /** What came and was not written does not count. */
  async #recount(owner: string): Promise<void> {
    const files = (await this.#files()).filter((name) => name.startsWith(`${owner}.`));
    const sizes = await Promise.all(files.map((name) => sizeOf(this.folder.at('uploads', name))));
    this.#accountOf(owner).bytes = sizes.reduce((sum, size) => sum + size, 0);
  }

  async #forget(path: string, owner: string): Promise<void> {
    this.#accountOf(owner).bytes -= await sizeOf(path);
    await rm(path, { force: true });
  }

  async #sweep(): Promise<void> {
    for (const name of await this.#files()) {
      const path = this.folder.at('uploads', name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
      if (this.#receiving.has(path) || Date.now() - mtimeMs <= forgottenAfter) continue;
      await this.#forget(path, name.split('.')[0]!);
    }
  }

  #files(): Promise<string[]> {
    return readdir(this.folder.at('uploads'));
  }

  #path({ owner, id }: UploadKey): string {
    const name = createHash('sha256').update(`${owner}/${id}`).digest('hex').slice(0, 32);
    return this.folder.at('uploads', `${owner}.${name}.part`);
  }
}

/** Neither this disk nor what is sent is to blame. */
const isInterruption = (error: unknown, { aborted }: AbortSignal): boolean =>
  aborted ||
  (!(error instanceof TriadError) && !diskCalls.has((error as NodeJS.ErrnoException).syscall ?? ''));

const diskCalls: ReadonlySet<string> = new Set(['open', 'write', 'fsync', 'close', 'ftruncate']);

const sizeOf = async (path: string): Promise<number> => {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  return size;
};

async function* counted(
  body: AsyncIterable<Uint8Array>,
  account: Account,
  maxBytes: () => number,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    account.bytes += chunk.length;
    if (account.bytes > maxBytes())
      throw new TriadError('limit', `the data of its owner would have more bytes than allowed`, {
        remedy: 'ask the node to allow more, or remove other data sets',
      });
    yield chunk;
  }
}
