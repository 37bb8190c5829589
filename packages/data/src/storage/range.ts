/** Ranges of bytes from servers whose answers may break off. */
import { TriadError } from '@triad/protocol';
import { connectionError, type Patience, passing, persist } from './patience.js';

/** Asks for bytes start up to, not including, end. */
export type OpenRange = (start: number, end: number) => Promise<AsyncIterable<Uint8Array>>;

export interface Reading {
  readonly name: string;
  readonly patience: Patience;
  readonly open: OpenRange;
}

/** Reads a range, and goes on where an answer broke off. */
export const readRange = async (
  { name, patience, open }: Reading,
  start: number,
  end: number,
): Promise<Uint8Array> => {
  const bytes = new Uint8Array(Math.max(0, end - start));
  let filled = 0;
  const fill = async (): Promise<void> => {
    if (filled === bytes.length) return;
    for await (const piece of punctual(await open(start + filled, end), patience.answer, name)) {
      if (piece.length > bytes.length - filled) throw tooMuch(name);
      bytes.set(piece, filled);
      filled += piece.length;
    }
    if (filled < bytes.length) throw passing(name, 'an answer of its server broke off');
  };
  await persist(fill, { ms: patience.transfer, reached: () => filled });
  return bytes;
};

const tooMuch = (name: string): TriadError =>
  new TriadError('mismatch', `${name}: its server sends more than it was asked for`, {
    remedy: 'use a server that answers to ranges',
  });

/** What was opened is no longer there as it was. */
export const changed = (name: string): TriadError =>
  new TriadError('mismatch', `${name} has changed since it was opened`, {
    remedy: 'start again, and leave it as it is meanwhile',
  });

/** The pieces of an answer, each of which must come in time. */
async function* punctual(
  pieces: AsyncIterable<Uint8Array>,
  ms: number,
  name: string,
): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await inTime(iterator.next(), ms, name);
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    throw connectionError(error, name) ?? error;
  } finally {
    iterator.return?.().catch(() => {});
  }
}

const inTime = async <T>(promise: Promise<T>, ms: number, name: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(passing(name)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** A source's bytes from `start` on: one piece is read while another is used. */
export async function* readAhead(
  read: (start: number, end: number) => Promise<Uint8Array>,
  start: number,
  size: number,
  pieceBytes: number,
): AsyncGenerator<Uint8Array> {
  const pieceAt = (at: number) => {
    const piece = read(at, Math.min(size, at + pieceBytes));
    piece.catch(() => {});
    return piece;
  };
  if (start >= size) return;
  let ahead = pieceAt(start);
  for (let at = start; at < size; at += pieceBytes) {
    const piece = await ahead;
    if (at + pieceBytes < size) ahead = pieceAt(at + pieceBytes);
    yield piece;
  }
}

/** Bytes that are asked for at a time when all of a source is read from a server. */
export const remotePieceBytes = 2 ** 23;
