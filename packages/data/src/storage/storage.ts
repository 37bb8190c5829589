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
  readonly name: string;
  /** Resolves when more may come; the bytes may be used again afterwards. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes what was written visible under its name, durably. */
  commit(): Promise<void>;
  /** Leaves nothing behind. Never rejects. */
  abort(): Promise<void>;
}
