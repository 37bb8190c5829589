const encoder = new TextEncoder();

/** Bytes to which more are added. */
export class ByteBuilder {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(room = 1024) {
    this.#bytes = new Uint8Array(room);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes of `source` from `from` to `to`. */
  append(source: Uint8Array, from: number, to: number): void {
    const at = this.#extend(to - from);
    const bytes = this.#bytes;
    // A copy of a few bytes by `set` takes longer than the loop.
    if (to - from > 64) bytes.set(source.subarray(from, to), at);
    else for (let i = from, o = at; i < to; i++, o++) bytes[o] = source[i]!;
  }

  /** A text, in UTF-8. */
  appendText(text: string): void {
    const at = this.#extend(text.length);
    const bytes = this.#bytes;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.#encode(text, at);
        return;
      }
      bytes[at + i] = code;
    }
  }

  appendByte(byte: number): void {
    const at = this.#extend(1);
    this.#bytes[at] = byte;
  }

  /** 32 bits, little endian. */
  appendWord(word: number): void {
    const at = this.#extend(4);
    this.#view.setUint32(at, word, true);
  }

  /** What was added: a view that lasts until more is. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** A copy of what was added; the builder is empty again. */
  take(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  /** A text that is not all ASCII. */
  #encode(text: string, at: number): void {
    this.#length = at;
    this.#extend(3 * text.length);
    this.#length = at + encoder.encodeInto(text, this.#bytes.subarray(at)).written;
  }

  /** Room for so many more; where they begin. */
  #extend(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length <= this.#bytes.length) return at;
    const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, at));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
    return at;
  }
}
