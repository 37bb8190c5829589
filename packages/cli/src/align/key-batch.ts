import { TriadError } from '@triad/protocol';
import { ByteBuilder } from './byte-builder.js';

const quote = 0x22;

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
  readonly #bytes: ByteBuilder;
  #offsets: Uint32Array;
  #count = 0;

  /** Expects so many bytes and keys. */
  constructor(bytes = 2 ** 16, keys = 2 ** 12) {
    this.#bytes = new ByteBuilder(bytes);
    this.#offsets = new Uint32Array(keys + 1);
  }

  /** The bytes from `from` to `to` are the next key. */
  add(source: Uint8Array, from: number, to: number): void {
    this.#bytes.append(source, from, to);
    this.#end();
  }

  /** The text is the next key. */
  addText(text: string): void {
    this.#bytes.appendText(text);
    this.#end();
  }

  /** As `add`, of what is inside the quotes of a cell: of two quotes that follow each other one stays. */
  addQuoted(source: Uint8Array, from: number, to: number): void {
    let start = from;
    for (let at = source.indexOf(quote, from); at >= 0 && at < to; at = source.indexOf(quote, start)) {
      this.#bytes.append(source, start, at + 1);
      start = at + 2;
    }
    this.#bytes.append(source, start, to);
    this.#end();
  }

  addAll({ bytes, offsets }: PackedKeys): void {
    const [start, count] = [this.#bytes.length, offsets.length - 1];
    if (start + offsets[count]! > maxBytes) throw tooLarge();
    this.#bytes.append(bytes, 0, offsets[count]!);
    this.#room(this.#count + count);
    for (let i = 1; i <= count; i++) this.#offsets[this.#count + i] = start + offsets[i]!;
    this.#count += count;
  }

  /** What was collected: views that the next key may change. */
  keys(): PackedKeys {
    return { bytes: this.#bytes.bytes(), offsets: this.#offsets.subarray(0, this.#count + 1) };
  }

  #end(): void {
    this.#room(this.#count + 1);
    this.#offsets[++this.#count] = this.#bytes.length;
  }

  #room(keys: number): void {
    if (keys < this.#offsets.length) return;
    const larger = new Uint32Array(Math.max(keys + 1, 2 * this.#offsets.length));
    larger.set(this.#offsets);
    this.#offsets = larger;
  }
}

/** Offsets have 32 bits. */
const maxBytes = 2 ** 32 - 1;

const tooLarge = (): TriadError =>
  new TriadError('limit', 'the keys have more than 4 GB', {
    remedy: 'let them stay on disk with `triad psi --state FOLDER`',
  });

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
