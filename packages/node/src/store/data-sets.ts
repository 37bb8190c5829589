/** The data sets a node keeps its shares of. */
import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { createFile, type Manifest, openFile, openShare, type ShareSet } from '@triad/data';
import { TriadError } from '@triad/protocol';
import type { Verify } from '../policy/grant.js';
import { type Folder, fileName } from './folder.js';

/** Whose share of what a file is to be. */
export interface Expected {
  readonly owner: string;
  readonly name: string;
}

export interface DataSetOptions {
  readonly federation: string;
  readonly party: number;
  readonly verify: Verify;
}

export const setNameOf = ({ owner, name }: Expected): string => `${owner}/${name}`;

export class DataSets {
  readonly #manifests = new Map<string, Manifest>();

  private constructor(
    private readonly folder: Folder,
    private readonly options: DataSetOptions,
  ) {}

  /** Those of a data directory; what was being sent when the process died goes. */
  static async open(folder: Folder, options: DataSetOptions): Promise<DataSets> {
    const sets = new DataSets(folder, options);
    for (const file of await readdir(folder.at('data'))) {
      const path = folder.at('data', file);
      if (!file.endsWith('.safetensors')) {
        await rm(path, { force: true });
        continue;
      }
      const set = await openShare(await openFile(path), options.party);
      sets.#manifests.set(setNameOf(set.manifest), set.manifest);
      await set.close();
    }
    return sets;
  }

  all(): readonly Manifest[] {
    return [...this.#manifests.values()];
  }

  get(set: string): Manifest | undefined {
    return this.#manifests.get(set);
  }

  /**
   * Takes in a share file: whole, checked and under its name, or not at all. Throws `mismatch` for a file of another party, owner, federation
   * or name, and for one that is damaged; `refused` when there is a data set of this name; `limit` above `maxBytes`.
   */
  async add(expected: Expected, body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Manifest> {
    const set = setNameOf(expected);
    if (this.#manifests.has(set)) throw known(set);
    const part = this.folder.at('data', `${randomBytes(8).toString('hex')}.part`);
    try {
      await receive(part, body, maxBytes);
      const manifest = await this.#check(part, expected);
      if (this.#manifests.has(set)) throw known(set);
      this.#manifests.set(set, manifest);
      await rename(part, this.#path(set));
      return manifest;
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  /** Its rows; whoever opens it closes it. */
  async open(set: string): Promise<ShareSet> {
    if (!this.#manifests.has(set)) throw missing(set);
    return openShare(await openFile(this.#path(set)), this.options.party);
  }

  async remove(set: string): Promise<void> {
    if (!this.#manifests.delete(set)) throw missing(set);
    await rm(this.#path(set), { force: true });
  }

  async #check(path: string, { owner, name }: Expected): Promise<Manifest> {
    const { federation, party, verify } = this.options;
    const share = await openShare(await openFile(path), party);
    try {
      const { manifest } = share;
      const wrong = [
        ['owner', manifest.owner, owner],
        ['name', manifest.name, name],
        ['federation', manifest.federation, federation],
      ].find(([, found, wanted]) => found !== wanted);
      if (wrong !== undefined) {
        const [what, found, wanted] = wrong;
        throw new TriadError('mismatch', `the share file is of ${what} '${found}', not '${wanted}'`, {
          remedy: 'send the file of this data set',
        });
      }
      await share.verify(verify);
      return manifest;
    } finally {
      await share.close();
    }
  }

  #path(set: string): string {
    return this.folder.at('data', `${fileName(set)}.safetensors`);
  }
}

const receive = async (path: string, body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<void> => {
  const sink = await createFile(path);
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes)
        throw new TriadError('limit', `the share file has more than ${maxBytes} bytes`, {
          remedy: 'ask the node to allow more, or split the data set',
        });
      await sink.write(chunk);
    }
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
};

const known = (set: string): TriadError =>
  new TriadError('refused', `there is a data set '${set}' already`, {
    remedy: 'remove it first, or give the data another name',
  });

const missing = (set: string): TriadError =>
  new TriadError('bad-argument', `there is no data set '${set}' here`, { remedy: 'let its owner share it' });
