/** What a job has revealed so far, as this node's shares: one record after the other in a file. */
import { type FileHandle, open } from 'node:fs/promises';
import { fileError, writeFileWhole } from '@triad/data';
import type { StoredParts } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import { z } from 'zod';
import { RecentNumbers } from './recent-numbers.js';

/** A value that one unit of the job revealed to a role. */
export interface ResultRecord extends StoredParts {
  readonly unit: number;
  readonly name: string;
  readonly to: string;
}

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
/** Read at a time, or more. */
const pieceBytes = 2 ** 20;

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
    this.recent.restart(unit);
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
    let rest = Buffer.alloc(0);
    for (let at = 0; at < size; ) {
      // Twice as much each time, while a record is not whole.
      const piece = Buffer.alloc(Math.min(Math.max(pieceBytes, rest.length), size - at));
      await this.#file.read(piece, 0, piece.length, at);
      at += piece.length;
      rest = Buffer.concat([rest, piece]);
      let used = 0;
      for (;;) {
        const found = recordAt(rest, used);
        if (found === undefined) break;
        yield found.record;
        used = found.end;
      }
      rest = rest.subarray(used);
    }
  }

  async close(): Promise<void> {
    await this.#tail.catch(() => {});
    await this.#file.close();
  }
}

/** A record that begins there, and where it ends; undefined when it is not whole. */
const recordAt = (
  bytes: Buffer,
  at: number,
): { readonly record: ResultRecord; readonly end: number } | undefined => {
  if (at + prefixBytes > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at);
  // Some file systems leave zeros where something was being written.
  if (length === 0) return undefined;
  if (length > maxHeaderBytes) throw damaged();
  const start = at + prefixBytes + length;
  if (start > bytes.length) return undefined;
  const { length: wordBytes, ...head } = parseHeader(bytes.subarray(at + prefixBytes, start));
  const end = start + wordBytes;
  return end > bytes.length ? undefined : { record: { ...head, words: bytes.subarray(start, end) }, end };
};

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
