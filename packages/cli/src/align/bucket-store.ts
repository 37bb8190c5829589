import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { digestBytes, type RowDigests } from '@triad/ot-psi';
import { writeFileWhole } from '../atomic-file.js';
import { badArgument } from '../bad-argument.js';

/** What a run that was interrupted has to know to go on: the same file of the folder says that all buckets are filled. */
export interface Manifest {
  readonly version: 1;
  /** The run's name: the same at both sides. */
  readonly id: string;
  /** What the keys were taken from: another file, or other options, are another run. */
  readonly source: string;
  readonly bucketBits: number;
  /** Rows of this side, and of the other one. */
  readonly rows: number;
  readonly peerRows: number;
}

/** Digests and rows of a bucket wait here before they are written. */
const pendingRows = 8192;
const ownerOnly = 0o600;

/**
 * The buckets of one side of a run in a folder: digests and rows of each while the keys are read, and the common rows of those that are
 * done. Only its owner can read what is in it.
 */
export class BucketStore {
  readonly #manifest: string;

  constructor(readonly folder: string) {
    this.#manifest = join(folder, 'run.json');
  }

  /** The run whose buckets are here; undefined where none are filled. Throws for a file that is no manifest. */
  async manifest(): Promise<Manifest | undefined> {
    if (!existsSync(this.#manifest)) return undefined;
    const text = await readFile(this.#manifest, 'utf8');
    try {
      const manifest = JSON.parse(text) as Manifest;
      if (manifest.version === 1) return manifest;
    } catch {}
    throw badArgument(
      `${this.#manifest} is not the state of a run`,
      'remove the folder, or name another one',
    );
  }

  /** The buckets are filled. */
  async seal(manifest: Manifest): Promise<void> {
    await writeFileWhole(this.#manifest, JSON.stringify(manifest), ownerOnly);
  }

  /** Forgets what is in the folder, and lets buckets be filled. */
  async clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  filling(bucketBits: number): BucketFilling {
    return new BucketFilling((kind, bucket) => this.#file(kind, bucket), bucketBits);
  }

  async bucket(index: number): Promise<RowDigests> {
    const [digests, rows] = await Promise.all([
      readFile(this.#file('digests', index)),
      readFile(this.#file('rows', index)),
    ]);
    const corrupt = rows.length * digestBytes !== digests.length * 4 || rows.length % 4 !== 0;
    if (corrupt)
      throw badArgument(`bucket ${index} in ${this.folder} is damaged`, 'remove the folder, and start again');
    return { digests, rows: wordsOf(rows) };
  }

  /** How many buckets are done, from the first on. */
  done(buckets: number): number {
    let done = 0;
    while (done < buckets && existsSync(this.#file('common', done))) done++;
    return done;
  }

  /** A bucket is done: its common rows, where this side knows them. */
  async finish(index: number, common: Uint32Array | undefined): Promise<void> {
    const bytes =
      common === undefined
        ? new Uint8Array()
        : new Uint8Array(common.buffer, common.byteOffset, common.byteLength);
    await writeFileWhole(this.#file('common', index), bytes, ownerOnly);
  }

  /** The common rows of all buckets. */
  async common(buckets: number): Promise<Uint32Array> {
    const parts = await Promise.all(
      Array.from({ length: buckets }, async (_, index) =>
        wordsOf(await readFile(this.#file('common', index))),
      ),
    );
    const all = new Uint32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  #file(kind: string, bucket: number): string {
    return join(this.folder, `${kind}-${String(bucket).padStart(4, '0')}.bin`);
  }
}

const wordsOf = (bytes: Uint8Array): Uint32Array => new Uint32Array(Uint8Array.from(bytes).buffer);

/** Divides digests among the buckets' files. */
export class BucketFilling {
  readonly #buckets: PendingBucket[];

  constructor(file: (kind: string, bucket: number) => string, bucketBits: number) {
    this.#buckets = Array.from(
      { length: 2 ** bucketBits },
      (_, b) => new PendingBucket(file('digests', b), file('rows', b)),
    );
  }

  /** Digests of rows from `firstRow` on. A bucket is bits of a digest's last word: its first bits order the items in it. */
  add(digests: Uint8Array, firstRow: number): void {
    const last = this.#buckets.length - 1;
    const words = new Uint32Array(digests.buffer, digests.byteOffset, digests.length / 4);
    for (let i = 0; i < digests.length / digestBytes; i++) {
      this.#buckets[words[4 * i + 3]! & last]!.add(words, 4 * i, firstRow + i);
    }
  }

  close(): void {
    for (const bucket of this.#buckets) bucket.close();
  }
}

class PendingBucket {
  readonly #digestFile: number;
  readonly #rowFile: number;
  readonly #digests = new Uint32Array(4 * pendingRows);
  readonly #rows = new Uint32Array(pendingRows);
  #count = 0;

  constructor(digests: string, rows: string) {
    this.#digestFile = openSync(digests, 'w', ownerOnly);
    this.#rowFile = openSync(rows, 'w', ownerOnly);
  }

  add(words: Uint32Array, at: number, row: number): void {
    const i = this.#count++;
    for (let k = 0; k < 4; k++) this.#digests[4 * i + k] = words[at + k]!;
    this.#rows[i] = row;
    if (this.#count === pendingRows) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#digestFile);
    closeSync(this.#rowFile);
  }

  #flush(): void {
    writeAll(this.#digestFile, new Uint8Array(this.#digests.buffer, 0, this.#count * digestBytes));
    writeAll(this.#rowFile, new Uint8Array(this.#rows.buffer, 0, this.#count * 4));
    this.#count = 0;
  }
}

const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
};

/** A name of what keys are taken from, that says nothing of them. */
export const fingerprint = (...parts: readonly (string | number)[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');
