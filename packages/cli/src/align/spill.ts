import { type FileHandle, open, rm } from 'node:fs/promises';

/** Bytes kept in memory before a file is made. */
const defaultBudget = 2 ** 26;

interface Segment {
  readonly length: number;
  /** In memory, or from `offset` on in the file. */
  readonly bytes: Uint8Array | undefined;
  readonly offset: number;
}

/** Bytes divided into parts, in memory and, when there are many of them, in a file that is gone when it is closed. */
export class Spill {
  readonly #parts: Segment[][];
  #file: FileHandle | undefined;
  #inMemory = 0;
  #inFile = 0;

  constructor(
    readonly path: string,
    parts: number,
    readonly budget = defaultBudget,
  ) {
    this.#parts = Array.from({ length: parts }, () => []);
  }

  /** Takes the bytes over, as the next segment of a part. */
  async append(part: number, bytes: Uint8Array): Promise<void> {
    const { length } = bytes;
    if (this.#inMemory + length <= this.budget) {
      this.#parts[part]!.push({ length, bytes, offset: 0 });
      this.#inMemory += length;
      return;
    }
    this.#file ??= await open(this.path, 'w+', 0o600);
    this.#parts[part]!.push({ length, bytes: undefined, offset: this.#inFile });
    await this.#file.writeFile(bytes);
    this.#inFile += length;
  }

  /** The segments of a part, in the order they came; forgets them. */
  async take(part: number): Promise<Uint8Array[]> {
    const segments = this.#parts[part]!;
    this.#parts[part] = [];
    const taken: Uint8Array[] = [];
    for (const { length, bytes, offset } of segments) {
      if (bytes === undefined) taken.push(await this.#read(offset, length));
      else this.#inMemory -= length;
      if (bytes !== undefined) taken.push(bytes);
    }
    return taken;
  }

  async close(): Promise<void> {
    if (this.#file === undefined) return;
    await this.#file.close();
    await rm(this.path, { force: true });
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    await this.#file!.read(bytes, 0, length, offset);
    return bytes;
  }
}
