/** Sends a part; its bytes are valid until it is sent. */
export type SendPart = (part: Uint8Array, index: number) => Promise<void>;

/** Cuts what is written into parts: one is sent while the next fills, so that two are in memory. */
export class PartWriter {
  #part: Uint8Array | undefined;
  #spare: Uint8Array | undefined;
  #filled = 0;
  #parts = 0;
  #sending: Promise<void> = Promise.resolve();

  constructor(
    /** Bytes of the index-th part. */
    private readonly bytesOf: (index: number) => number,
    private readonly send: SendPart,
  ) {}

  /** That are on their way or sent. */
  get parts(): number {
    return this.#parts;
  }

  /** What is in no part yet. */
  get rest(): Uint8Array {
    return this.#part?.subarray(0, this.#filled) ?? new Uint8Array();
  }

  /** Throws what sending a part before failed with. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      this.#part ??= this.#fresh();
      const taken = bytes.subarray(at, at + this.#part.length - this.#filled);
      this.#part.set(taken, this.#filled);
      this.#filled += taken.length;
      at += taken.length;
      if (this.#filled === this.#part.length) await this.#flush();
    }
  }

  /** Sends what is left. */
  async end(): Promise<void> {
    if (this.#filled > 0) await this.#flush();
    await this.#sending;
  }

  /** Resolves when nothing is on its way, whatever came of it. */
  async settled(): Promise<void> {
    await this.#sending.catch(() => {});
  }

  #fresh(): Uint8Array {
    const length = this.bytesOf(this.#parts);
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.length === length ? spare : new Uint8Array(length);
  }

  async #flush(): Promise<void> {
    await this.#sending;
    const [full, part] = [this.#part, this.rest];
    this.#sending = this.send(part, this.#parts++).then(() => {
      this.#spare = full;
    });
    this.#sending.catch(() => {});
    this.#part = undefined;
    this.#filled = 0;
  }
}
