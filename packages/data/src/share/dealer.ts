/** Turns rows into shares as they come, written to three files side by side. */
import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { fractionBits } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import { encode, randomBytes } from '@triad/ring';
import { writeAll } from '../storage/local.js';
import type { Table } from '../table/table.js';
import { chunkRowsFor, deal, Stream } from './dealt.js';
import { headerOf, nonceBytes } from './layout.js';
import { type Manifest, manifestBytes, manifestFormat, manifestLabel } from './manifest.js';
import { keyed } from './share-file.js';

/** Signs bytes for one use, as the table's owner. */
export type Sign = (label: string, bytes: Uint8Array) => Uint8Array;

export interface DealOptions {
  /** Of the data set. */
  readonly name: string;
  readonly owner: string;
  readonly federation: string;
  readonly sign: Sign;
  /** Told how many rows are shared so far. */
  readonly onProgress?: (rows: number) => void;
}

export const parties = [0, 1, 2] as const;

export class Dealer {
  readonly #streams = [Stream.fresh(), Stream.fresh()] as const;
  readonly #nonce = randomBytes(nonceBytes);
  readonly #hash: Hash = createHash('sha256').update(this.#nonce);
  readonly #width: number;
  readonly #chunkRows: number;
  readonly #chunk: Float64Array;
  #filled = 0;
  #rows = 0;
  #chunks = 0;
  /** Where the next words go in each file. */
  readonly #ends: number[] = [];
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly table: Table,
    private readonly options: DealOptions,
    private readonly files: readonly FileHandle[],
  ) {
    this.#width = table.columns.length;
    this.#chunkRows = chunkRowsFor(this.#width);
    this.#chunk = new Float64Array(this.#chunkRows * this.#width);
  }

  async deal(): Promise<Manifest> {
    for (const party of parties) this.#ends.push(this.#draft(party).length + this.#preface(party).length);
    for await (const batch of this.table.batches()) {
      for (let at = 0; at < batch.length; ) at += await this.#take(batch.subarray(at));
      this.options.onProgress?.(this.#rows + this.#filled / this.#width);
    }
    if (this.#filled > 0) await this.#flush();
    await this.#writing;
    if (this.#rows === 0)
      throw new TriadError('bad-argument', 'the table has no rows', { remedy: 'share one that has' });
    const manifest = this.#manifest(this.#rows, this.#hash.digest('hex'));
    const signature = this.options.sign(manifestLabel, manifestBytes(manifest));
    for (const party of parties) {
      const header = headerOf(party, manifest, signature, this.#draft(party).length);
      await writeAll(this.files[party]!, Buffer.concat([header, this.#preface(party)]), 0);
    }
    return manifest;
  }

  /** As much of the numbers as fits the chunk; a full one is dealt. */
  async #take(values: Float64Array): Promise<number> {
    const taken = values.subarray(0, this.#chunk.length - this.#filled);
    this.#chunk.set(taken, this.#filled);
    this.#filled += taken.length;
    if (this.#filled === this.#chunk.length) await this.#flush();
    return taken.length;
  }

  async #flush(): Promise<void> {
    const rows = this.#filled / this.#width;
    const x = encode(this.#chunk.subarray(0, this.#filled), [rows, this.#width], fractionBits);
    const [x0, x1, x2] = deal(x, this.#chunks, this.#streams);
    const words = x2.toBytes();
    for (const tensor of [x, x0, x1, x2]) tensor.dispose();
    await this.#writing;
    this.#writing = Promise.all([1, 2].map((party) => this.#append(party, words)));
    this.#writing.catch(() => {});
    this.#hash.update(words);
    this.#rows += rows;
    this.#chunks++;
    this.#filled = 0;
  }

  async #append(party: number, words: Uint8Array): Promise<void> {
    const at = this.#ends[party]!;
    this.#ends[party] = at + words.length;
    await writeAll(this.files[party]!, words, at);
  }

  /** What is in front of the words. */
  #preface(party: number): Uint8Array {
    const keys = keyed(party).map((component) => this.#streams[component]!.key);
    return Buffer.concat(keys.length === 2 ? keys : [...keys, this.#nonce]);
  }

  /** The longest header there may be. */
  #draft(party: number): Uint8Array {
    return headerOf(party, this.#manifest(2 ** 40, '0'.repeat(64)), new Uint8Array(64));
  }

  readonly #id = Buffer.from(randomBytes(16)).toString('hex');

  #manifest(rows: number, words: string): Manifest {
    const { name, owner, federation } = this.options;
    const { columns, schema } = this.table;
    const keys = this.#streams.map(({ key }) => createHash('sha256').update(key).digest('hex')) as [
      string,
      string,
    ];
    return {
      format: manifestFormat,
      id: this.#id,
      name,
      owner,
      federation,
      scheme: 'aby3',
      fractionBits,
      rows,
      schema,
      columns: [...columns],
      chunkRows: this.#chunkRows,
      digests: { keys, words },
    };
  }
}
