/** Bytes that can be read in any order. Whoever opened it closes it. */
export interface Source {
  /** For people: without user and password. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Bytes start up to, not including, end; fewer only where the source ends. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** All bytes from `start` on, in pieces, read ahead of the reader by little. A piece is valid until the next is asked for. */
  stream(start?: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Bytes that are written in order, and are there whole or not at all. */
export interface Sink {
  /** For people: without user and password. */
  readonly name: string;
  /** Resolves when more may come; the bytes may be used again afterwards. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes what was written visible under its name, durably. */
  commit(): Promise<void>;
  /** Leaves nothing behind. Never rejects. */
  abort(): Promise<void>;
}

export interface StorageOptions {
  /** How long a server may fail before it is given up. A single answer may take a quarter of it. Default: two minutes. */
  readonly timeoutMs?: number;
}

export interface SinkOptions extends StorageOptions {
  /** Who may read a file, where there are modes: on local disks and HDFS. Default: 0o644. */
  readonly mode?: number;
  /** How many bytes will be written, if that is known: parts of large objects need then be no larger than that asks for. */
  readonly size?: number;
}

/** What a process that was killed had begun to write is removed after this time, when the same place is written to again. */
export const leftoverAgeMs = 24 * 60 * 60 * 1000;
