/** Keys of one column, one after the other: key i is `bytes` from offsets[i] to offsets[i + 1], in UTF-8. */
export interface PackedKeys {
  readonly bytes: Uint8Array;
  /** One more than there are keys. */
  readonly offsets: Uint32Array;
}

/** Some thousand keys that follow each other in a file: packed if the key has one column, else the texts of its columns. */
export type KeyBatch = PackedKeys | readonly (readonly string[])[];

export const isPacked = (batch: KeyBatch): batch is PackedKeys => 'offsets' in batch;

export const batchSize = (batch: KeyBatch): number =>
  isPacked(batch) ? batch.offsets.length - 1 : batch.length;

/** Collects keys of one column. */
export class KeyPacker {
  #bytes: Uint8Array;
  #offsets: Uint32Array;
  #count = 0;

  constructor(bytes = 2 ** 16, keys = 2 ** 12) {
    this.#bytes = new Uint8Array(bytes);
    this.#offsets = new Uint32Array(keys + 1);
  }

  get count(): number {
    return this.#count;
  }

  /** The bytes from `from` to `to` are the next key. */
  add(source: Uint8Array, from: number, to: number): void {
    const start = this.#next(to - from);
    const bytes = this.#bytes;
    // A copy of a few bytes by `set` takes longer than the loop.
    if (to - from > 64) bytes.set(source.subarray(from, to), start);
    else for (let i = from, o = start; i < to; i++, o++) bytes[o] = source[i]!;
  }

  /** As `add`, of a quoted cell: of two quotes that follow each other one stays. */
  addQuoted(source: Uint8Array, from: number, to: number): void {
    const start = this.#next(to - from);
    let out = start;
    for (let i = from; i < to; i++) {
      const byte = source[i]!;
      this.#bytes[out++] = byte;
      if (byte === quote) i++;
    }
    this.#offsets[this.#count] = out;
  }

  addAll({ bytes, offsets }: PackedKeys): void {
    const count = offsets.length - 1;
    const start = this.#offsets[this.#count]!;
    this.#room(start + offsets[count]!, this.#count + count);
    this.#bytes.set(bytes.subarray(0, offsets[count]), start);
    for (let i = 1; i <= count; i++) this.#offsets[this.#count + i] = start + offsets[i]!;
    this.#count += count;
  }

  /** What was collected: views that the next key does not change. */
  keys(): PackedKeys {
    const offsets = this.#offsets.subarray(0, this.#count + 1);
    return { bytes: this.#bytes.subarray(0, offsets[this.#count]), offsets };
  }

  /** Room for a key of so many bytes; where it begins. */
  #next(length: number): number {
    const start = this.#offsets[this.#count]!;
    this.#room(start + length, this.#count + 1);
    this.#offsets[++this.#count] = start + length;
    return start;
  }

  #room(bytes: number, keys: number): void {
    if (bytes > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(bytes, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    if (keys >= this.#offsets.length) {
      const larger = new Uint32Array(Math.max(keys + 1, 2 * this.#offsets.length));
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
  }
}

const quote = 0x22;

/** All keys of a file, in memory. */
export const collectKeys = async (batches: AsyncIterable<KeyBatch>): Promise<KeyBatch> => {
  const packer = new KeyPacker();
  const rows: (readonly string[])[] = [];
  for await (const batch of batches) {
    if (isPacked(batch)) packer.addAll(batch);
    else for (const row of batch) rows.push(row);
  }
  return rows.length > 0 ? rows : packer.keys();
};
