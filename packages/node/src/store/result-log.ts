/** What a job has revealed so far, as this node's shares: one record after the other in a file. */
import { type FileHandle, open } from 'node:fs/promises';
import { fileError, writeFileWhole } from '@triad/data';
import type { StoredParts } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import { z } from 'zod';
import { RecentNumbers } from './recent-numbers.js';

/** Which value a unit of the job revealed to whom. */
export interface ResultHead extends Pick<StoredParts, 'shape'> {
  readonly unit: number;
  readonly name: string;
  readonly to: string;
}

/** A value that one unit of the job revealed. */
export interface ResultRecord extends ResultHead, StoredParts {}

const header = z.strictObject({
  unit: z.number().int().min(0),
  name: z.string(),
  to: z.string(),
  shape: z.array(z.number().int().min(0)),
  length: z.number().int().min(0),
});

/** Of all that a job reveals. */
const maxBytes = 2 ** 30;
const prefixBytes = 4;
const maxHeaderBytes = 2 ** 16;

export class ResultLog {
  #file: FileHandle;
  #tail: Promise<void> = Promise.resolve();
  #bytes: number;
  readonly recent = new RecentNumbers();

  private constructor(
    private readonly path: string,
    file: FileHandle,
    bytes: number,
  ) {
    this.#file = file;
    this.#bytes = bytes;
  }

  static async open(path: string): Promise<ResultLog> {
    const file = await open(path, 'a+', 0o600);
    return new ResultLog(path, file, (await file.stat()).size);
  }

  /** Takes the record over; a failure shows at the next `sync`. */
  append(record: ResultRecord): void {
    this.recent.add(record);
    const write = async () => {
      const bytes = encode(record);
      this.#bytes += bytes.length;
      if (this.#bytes > maxBytes)
        throw new TriadError('limit', `the job reveals more than ${maxBytes} bytes`, {
          remedy: 'reveal less, or in several jobs',
        });
      await this.#file.appendFile(bytes).catch((error: unknown) => {
        throw fileError(
          error,
          'the results of the job cannot be kept',
          'look at the data directory of the node',
        );
      });
    };
    this.#tail = this.#tail.then(write);
    this.#tail.catch(() => {});
  }

  /** Resolves when all records so far are on disk. */
  async sync(): Promise<void> {
    await this.#tail;
    await this.#file.datasync();
  }

  /** Forgets what units from `unit` on revealed: they will be done again. */
  async keepBefore(unit: number): Promise<void> {
    await this.#tail.catch(() => {});
    this.#tail = Promise.resolve();
    this.recent.clear();
    const kept: Uint8Array[] = [];
    for await (const record of this.records()) {
      if (record.unit >= unit) continue;
      kept.push(encode(record));
      this.recent.add(record);
    }
    await this.#file.close();
    await writeFileWhole(this.path, Buffer.concat(kept), 0o600);
    this.#file = await open(this.path, 'a+', 0o600);
    this.#bytes = (await this.#file.stat()).size;
  }

  /** In the order they were written; a last one that is not whole was being written when the process died. */
  async *records(): AsyncGenerator<ResultRecord> {
    await this.#tail;
    const { size } = await this.#file.stat();
    for (let at = 0; at < size; ) {
      const found = await this.#headAt(at, size);
      if (found === undefined) return;
      const { head, start, end } = found;
      yield { ...head, words: await this.#read(start, end - start) };
      at = end;
    }
  }

  /** What a record says of itself, and where its words are. */
  async #headAt(
    at: number,
    size: number,
  ): Promise<{ readonly head: ResultHead; readonly start: number; readonly end: number } | undefined> {
    if (at + prefixBytes > size) return undefined;
    const length = (await this.#read(at, prefixBytes)).readUInt32LE();
    if (length > maxHeaderBytes) throw damaged();
    const start = at + prefixBytes + length;
    if (start > size) return undefined;
    const { length: bytes, ...head } = parseHeader(await this.#read(at + prefixBytes, length));
    return start + bytes > size ? undefined : { head, start, end: start + bytes };
  }

  async #read(at: number, length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    await this.#file.read(bytes, 0, length, at);
    return bytes;
  }

  async close(): Promise<void> {
    await this.#tail.catch(() => {});
    await this.#file.close();
  }
}

const encode = ({ words, ...rest }: ResultRecord): Uint8Array => {
  const text = Buffer.from(JSON.stringify({ ...rest, length: words.length }));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32LE(text.length);
  return Buffer.concat([prefix, text, words]);
};

const parseHeader = (bytes: Buffer): z.infer<typeof header> => {
  try {
    return header.parse(JSON.parse(bytes.toString()));
  } catch {
    throw damaged();
  }
};

const damaged = (): TriadError =>
  new TriadError('mismatch', 'the results of the job so far are damaged', {
    remedy: 'cancel the job and submit it again',
  });
