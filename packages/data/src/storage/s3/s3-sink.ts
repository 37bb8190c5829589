import { createHash } from 'node:crypto';
import type { S3Location } from '../location.js';
import { PartWriter } from '../part-writer.js';
import { mayPass, type Patience, persist } from '../patience.js';
import { leftoverAgeMs, type Sink } from '../storage.js';
import { S3Object, type SentPart } from './s3-object.js';

const smallestPart = 2 ** 23;
const mostParts = 10_000;
const partsOfOneSize = 1_000;

/** Bytes of the index-th part. Where it is unknown how many there will be, parts double now and then: 8 TiB are ten thousand parts. */
export const partBytesFor = (size: number | undefined): ((index: number) => number) =>
  size === undefined
    ? (index) => smallestPart * 2 ** Math.floor(index / partsOfOneSize)
    : () => Math.max(smallestPart, Math.ceil(size / mostParts));

/**
 * An object that appears whole when it is committed: what fits one part in one request, else as an upload in parts, which nobody sees before its end.
 * Uploads of the same object that processes left behind a day ago or earlier are removed first.
 */
export const createS3 = async (location: S3Location, patience: Patience, size?: number): Promise<Sink> => {
  const object = await S3Object.at(location, patience);
  try {
    await removeLeftovers(object);
  } catch (error) {
    object.close();
    throw error;
  }
  const upload = new Upload(object, size);
  return {
    name: object.name,
    write: (bytes) => upload.write(bytes),
    commit: () => upload.commit(),
    abort: () => upload.abort(),
  };
};

const removeLeftovers = async (object: S3Object): Promise<void> => {
  const listed = () => object.uploadsBefore(Date.now() - leftoverAgeMs);
  for (const id of await persist(listed, { ms: object.patience.contact }))
    await object.abort(id).catch(() => {});
};

class Upload {
  readonly #writer: PartWriter;
  readonly #parts: SentPart[] = [];
  readonly #end = new AbortController();
  #id: string | undefined;

  constructor(
    private readonly object: S3Object,
    size: number | undefined,
  ) {
    this.#writer = new PartWriter(partBytesFor(size), (part, index) => this.#send(part, index));
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#writer.write(bytes);
  }

  async commit(): Promise<void> {
    if (this.#writer.parts === 0) await this.#persist(() => this.object.put(this.#writer.rest));
    else {
      await this.#writer.end();
      await this.#persist(() => this.#complete());
    }
    this.object.close();
  }

  async abort(): Promise<void> {
    this.#end.abort();
    await this.#writer.settled();
    const id = this.#id;
    if (id !== undefined) await persist(() => this.object.abort(id), { ms: this.#ms }).catch(() => {});
    this.object.close();
  }

  async #send(part: Uint8Array, index: number): Promise<void> {
    this.#id ??= await this.#persist(() => this.object.create());
    const id = this.#id;
    this.#parts.push(await this.#persist(() => this.object.part(id, index + 1, part, this.#end.signal)));
  }

  /** An upload that is no longer there may be complete, if the answer to that was lost. */
  async #complete(): Promise<void> {
    try {
      await this.object.complete(this.#id!, this.#parts);
    } catch (error) {
      if (mayPass(error)) throw error;
      const found = await this.object.head().catch(() => undefined);
      if (found?.tag !== tagOf(this.#parts)) throw error;
    }
  }

  get #ms(): number {
    return this.object.patience.transfer;
  }

  #persist<T>(act: () => Promise<T>): Promise<T> {
    return persist(act, { ms: this.#ms, signal: this.#end.signal });
  }
}

/** How stores name what was uploaded in parts: by the digest of the parts' digests, and their number. */
export const tagOf = (parts: readonly SentPart[]): string => {
  const hash = createHash('md5');
  for (const { ETag } of parts) hash.update(Buffer.from(ETag?.replaceAll('"', '') ?? '', 'hex'));
  return `"${hash.digest('hex')}-${parts.length}"`;
};
