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

/** What is here of an upload, or on its way. */
interface Part {
  readonly owner: string;
  /** Counted while they come, since several uploads may come at once. */
  bytes: number;
  /** When something came last: milliseconds since 1970. */
  touched: number;
}

/** Parts of one owner. */
const mostParts = 32;

interface Receiving<T> {
  readonly stop: AbortController;
  readonly over: Promise<T>;
}

/** What is made of a whole upload in the file at `path`: it moves the file, or throws. */
export type Finish<T> = (path: string) => Promise<T>;

export class Uploads<T> {
  readonly #receiving = new Map<string, Receiving<T>>();
  /** By path. */
  readonly #parts = new Map<string, Part>();

  private constructor(private readonly folder: Folder) {}

  static async open<T>(folder: Folder): Promise<Uploads<T>> {
    await mkdir(folder.at('uploads'), { recursive: true, mode: 0o700 });
    const uploads = new Uploads<T>(folder);
    for (const name of await readdir(folder.at('uploads'))) {
      const path = folder.at('uploads', name);
      const { size, mtimeMs } = await stat(path);
      uploads.#parts.set(path, { owner: name.split('.')[0]!, bytes: size, touched: mtimeMs });
    }
    await uploads.#sweep();
    return uploads;
  }

  /** Bytes that are here. */
  size(key: UploadKey): Promise<number> {
    return sizeOf(this.#path(key));
  }

  /**
   * Adds what comes to the first `from` bytes of what is here, and finishes when the sender has sent all. A connection that breaks leaves
   * what came, and is `closed`; other errors leave nothing. An earlier one of the same upload is ended, since its sender has come back; what it
   * finished nevertheless counts. Of many that nobody goes on with the oldest is forgotten. Throws `mismatch` for a `from` beyond its end, `limit`
   * for more than `maxBytes` in all uploads of the owner, and for many at once.
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
      await this.#makeRoom(key);
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
    const path = this.#path(key);
    try {
      return await finish(path);
    } finally {
      await this.#forget(path);
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
    const part = { owner: key.owner, bytes: from, touched: Date.now() };
    this.#parts.set(path, part);
    const room = () => maxBytes() - this.#bytesOf(key.owner);
    try {
      if (from < here) await truncate(path, from);
      const file = createWriteStream(path, {
        flags: from === 0 ? 'w' : 'r+',
        start: from,
        mode: 0o600,
        flush: true,
      });
      await pipeline(counted(body, part, room), file, { signal });
    } catch (error) {
      if (!isInterruption(error, signal)) {
        await this.#forget(path);
        throw fileError(error, 'the upload cannot be kept', 'look at the data directory of the node');
      }
      // What came and was not written does not count.
      part.bytes = await sizeOf(path);
      throw new TriadError('closed', 'the upload broke off', { remedy: 'go on with it', cause: error });
    }
  }

  #of(owner: string): readonly (readonly [string, Part])[] {
    return [...this.#parts].filter(([, part]) => part.owner === owner);
  }

  #bytesOf(owner: string): number {
    return this.#of(owner).reduce((sum, [, { bytes }]) => sum + bytes, 0);
  }

  async #makeRoom(key: UploadKey): Promise<void> {
    const own = this.#of(key.owner);
    if (this.#parts.has(this.#path(key)) || own.length < mostParts) return;
    const idle = own.filter(([path]) => !this.#receiving.has(path));
    const [oldest] = idle.sort(([, a], [, b]) => a.touched - b.touched);
    if (oldest === undefined)
      throw new TriadError('limit', `${key.owner} sends ${own.length} files at once`, {
        remedy: 'send fewer at a time',
      });
    await this.#forget(oldest[0]);
  }

  async #forget(path: string): Promise<void> {
    this.#parts.delete(path);
    await rm(path, { force: true });
  }

  async #sweep(): Promise<void> {
    for (const [path, { touched }] of this.#parts)
      if (!this.#receiving.has(path) && Date.now() - touched > forgottenAfter) await this.#forget(path);
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
  part: Part,
  room: () => number,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    part.bytes += chunk.length;
    part.touched = Date.now();
    if (room() < 0)
      throw new TriadError('limit', `the data of its owner would have more bytes than allowed`, {
        remedy: 'ask the node to allow more, or remove other data sets',
      });
    yield chunk;
  }
}
