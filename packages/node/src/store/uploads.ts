/** Share files that are being sent: what has come so far stays, so that a sender whose connection broke goes on where it was. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
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

interface Receiving {
  readonly stop: AbortController;
  readonly over: Promise<unknown>;
}

export class Uploads {
  readonly #receiving = new Map<string, Receiving>();

  private constructor(private readonly folder: Folder) {}

  static async open(folder: Folder): Promise<Uploads> {
    await mkdir(folder.at('uploads'), { recursive: true, mode: 0o700 });
    const uploads = new Uploads(folder);
    await uploads.#sweep();
    return uploads;
  }

  /** Bytes that are here. */
  async size(key: UploadKey): Promise<number> {
    return sizeOf(this.#path(key));
  }

  /**
   * Adds what comes to the first `from` bytes of what is here; resolves with the path of the file when the sender has sent all. A
   * connection that breaks leaves what came, and is `closed`; other errors leave nothing. An earlier one of the same upload is ended: its sender
   * has come back. Throws `mismatch` for a `from` beyond its end, `limit` for more than `maxBytes` in all uploads of the owner.
   */
  async receive(
    key: UploadKey,
    from: number,
    body: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<string> {
    const path = this.#path(key);
    const earlier = this.#receiving.get(path);
    earlier?.stop.abort();
    await earlier?.over.catch(() => {});
    await this.#sweep();
    const here = await sizeOf(path);
    if (from > here)
      throw new TriadError('mismatch', `${here} bytes of the upload are here, not ${from}`, {
        remedy: `go on from byte ${here}`,
      });
    if (from < here) await truncate(path, from);
    const room = maxBytes - ((await this.#used(key.owner)) - here);
    const stop = new AbortController();
    const over = this.#append(path, from, limited(body, room - from, maxBytes), stop.signal);
    this.#receiving.set(path, { stop, over });
    try {
      await over;
    } finally {
      if (this.#receiving.get(path)?.over === over) this.#receiving.delete(path);
    }
    return path;
  }

  /** Forgets an upload. */
  async drop(key: UploadKey): Promise<void> {
    await rm(this.#path(key), { force: true });
  }

  /** Moves a whole upload to its place. */
  async take(key: UploadKey, to: string): Promise<void> {
    await rename(this.#path(key), to);
  }

  async #append(
    path: string,
    from: number,
    body: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const file = createWriteStream(path, {
        flags: from === 0 ? 'w' : 'r+',
        start: from,
        mode: 0o600,
        flush: true,
      });
      await pipeline(body, file, { signal });
    } catch (error) {
      if (isInterruption(error, signal))
        throw new TriadError('closed', 'the upload broke off', { remedy: 'go on with it', cause: error });
      await rm(path, { force: true });
      throw fileError(error, 'the upload cannot be kept', 'look at the data directory of the node');
    }
  }

  /** Bytes of all uploads of an owner. */
  async #used(owner: string): Promise<number> {
    const sizes = (await this.#files())
      .filter((name) => name.startsWith(`${owner}.`))
      .map((name) => sizeOf(this.folder.at('uploads', name)));
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }

  async #sweep(): Promise<void> {
    for (const name of await this.#files()) {
      const path = this.folder.at('uploads', name);
      const { mtimeMs = Date.now() } = await stat(path).catch(() => ({ mtimeMs: undefined }));
      if (!this.#receiving.has(path) && Date.now() - mtimeMs > forgottenAfter)
        await rm(path, { force: true });
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

const diskCalls: ReadonlySet<string> = new Set(['open', 'write', 'fsync', 'close']);

const sizeOf = async (path: string): Promise<number> => {
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  return size;
};

async function* limited(
  body: AsyncIterable<Uint8Array>,
  room: number,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > room)
      throw new TriadError('limit', `share files of more than ${maxBytes} bytes are being sent`, {
        remedy: 'ask the node to allow more, or split the data set',
      });
    yield chunk;
  }
}
