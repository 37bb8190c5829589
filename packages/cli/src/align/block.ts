import { type FileHandle, open } from 'node:fs/promises';
import { TriadError } from '@triad/protocol';
import { unreadable } from './key-file.js';

/** Bytes read at a time. */
const blockBytes = 2 ** 20;
/** No record is longer: a file with one quote too many would be read into memory whole. */
const maxRecordBytes = 2 ** 26;

/** Records that were found in some bytes, and how many of the bytes they take. */
export interface Scanned<T> {
  readonly found: T;
  readonly used: number;
}

/** Looks for whole records; at the end of the file the last one needs no line break. */
export type Scan<T> = (bytes: Uint8Array, last: boolean) => Scanned<T>;

const bom = [0xef, 0xbb, 0xbf];

/**
 * The records of a file, some thousand at a time, a byte order mark left out. The bytes that `scan` sees are used again: what it found
 * may refer to them until the next is asked for. Throws `bad-argument` for a file that cannot be read, `limit` for a record above 64 MB.
 */
export async function* blocks<T>(path: string, scan: Scan<T>): AsyncGenerator<T> {
  const file = await opened(path);
  try {
    let buffer = new Uint8Array(blockBytes);
    let filled = 0;
    for (let first = true, last = false; !last; first = false) {
      if (filled === buffer.length) buffer = longer(path, buffer);
      const read = await readInto(file, path, buffer.subarray(filled));
      filled += read;
      last = filled < buffer.length;
      const start = first && bom.every((byte, i) => buffer[i] === byte) ? bom.length : 0;
      const { found, used } = scan(buffer.subarray(start, filled), last);
      yield found;
      buffer.copyWithin(0, start + used, filled);
      filled -= start + used;
    }
  } finally {
    await file.close();
  }
}

const opened = async (path: string): Promise<FileHandle> => {
  try {
    return await open(path);
  } catch (error) {
    throw unreadable(path, error, 'name a file that is there');
  }
};

/** Fills the buffer unless the file ends. */
const readInto = async (file: FileHandle, path: string, into: Uint8Array): Promise<number> => {
  let read = 0;
  try {
    while (read < into.length) {
      const { bytesRead } = await file.read(into, read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
  } catch (error) {
    throw unreadable(path, error, 'name a file that can be read');
  }
  return read;
};

const longer = (path: string, buffer: Uint8Array): Uint8Array<ArrayBuffer> => {
  if (buffer.length >= maxRecordBytes) {
    throw new TriadError('limit', `${path} has a row of more than ${maxRecordBytes / 2 ** 20} MB`, {
      remedy: 'look for a quote that is not closed',
    });
  }
  const larger = new Uint8Array(2 * buffer.length);
  larger.set(buffer);
  return larger;
};
