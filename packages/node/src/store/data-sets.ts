/** The data sets a node keeps its shares of. */
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { type Manifest, manifestDigest, openFile, openShare, type ShareSet, syncFolder } from '@triad/data';
import { TriadError } from '@triad/protocol';
import type { Verify } from '../policy/grant.js';
import { type Folder, fileName } from './folder.js';
import { type Piece, Uploads } from './uploads.js';

/** Whose share of what a file is to be. */
export interface Expected {
  readonly owner: string;
  readonly name: string;
}

/** A piece of a share file. */
export interface SharePiece extends Piece {
  /** Of the upload: 32 hexadecimal digits, the data set's id. */
  readonly id: string;
}

export interface DataSetOptions {
  readonly federation: string;
  readonly party: number;
  readonly verify: Verify;
  /** Told of files that cannot be read any more. */
  readonly onDamage: (file: string, reason: string) => void;
}

export const setNameOf = ({ owner, name }: Expected): string => `${owner}/${name}`;

export interface DataSet {
  readonly manifest: Manifest;
  /** Of its manifest. */
  readonly digest: string;
  readonly bytes: number;
}

/** What is known of a file. */
interface ShareFile {
  /** Undefined when it could not be read. */
  readonly found?: DataSet;
  /** Why it cannot be used. */
  readonly damage?: TriadError;
  /** Size and time of change when its every word was checked by this process. */
  readonly checked?: string;
}

/** Data sets of one owner, and characters of all of their manifests: these are kept in memory, and listed. */
const [mostSets, mostText] = [256, 2 ** 24];

export class DataSets {
  /** By name. */
  readonly #files = new Map<string, ShareFile>();

  private constructor(
    private readonly folder: Folder,
    private readonly uploads: Uploads<Manifest>,
    private readonly options: DataSetOptions,
  ) {}

  /** Those of a data directory. A damaged one does not keep the others from being used. */
  static async open(folder: Folder, options: DataSetOptions): Promise<DataSets> {
    const sets = new DataSets(folder, await Uploads.open(folder), options);
    for (const file of await readdir(folder.at('data')))
      if (file.endsWith('.safetensors')) await sets.#find(file);
    return sets;
  }

  all(): readonly Manifest[] {
    return this.#found().map(({ manifest }) => manifest);
  }

  /** Undefined when it is not here; throws `mismatch` when it is damaged. */
  get(set: string): DataSet | undefined {
    const { found, damage } = this.#files.get(fileOf(set)) ?? {};
    if (damage !== undefined) throw damagedSet(set, damage);
    return found;
  }

  /** Bytes of an upload that are here. */
  uploaded(owner: string, id: string): Promise<number> {
    return this.uploads.size({ owner, id });
  }

  /**
   * Takes in a share file, or what is missing of it: whole, checked and under its name, or not at all. Throws `mismatch` for a file of another
   * party, owner, federation or name, and for one that is damaged; `refused` when there is another data set of this name; `limit` when the owner's
   * data would have more than `maxBytes`. Only a connection that breaks leaves something, to go on with.
   */
  async add(expected: Expected, { id, ...piece }: SharePiece, maxBytes: number): Promise<Manifest> {
    const { owner } = expected;
    const set = setNameOf(expected);
    const known = this.#files.get(fileOf(set))?.found?.manifest;
    if (known !== undefined && known.id !== id) throw taken(set);
    if (known !== undefined && (await this.#isWhole(set))) return known;
    const key = { owner, id };
    this.#checkCount(expected, 0);
    const room = () => maxBytes - this.#bytesOf(owner);
    return this.uploads.receive(key, piece, room, async (path) => {
      const manifest = await this.#check(path, expected, id);
      if ((this.#files.get(fileOf(set))?.found?.manifest.id ?? id) !== id) throw taken(set);
      this.#checkCount(expected, JSON.stringify(manifest).length);
      await rename(path, this.#path(set));
      await syncFolder(this.folder.at('data'));
      this.#files.set(fileOf(set), {
        found: await this.#describe(manifest),
        checked: await stampOf(this.#path(set)),
      });
      return manifest;
    });
  }

  /** Its rows; whoever opens it closes it. Throws `mismatch` when it is not as its owner signed it any more, or gone. */
  async open(set: string, signal?: AbortSignal): Promise<ShareSet> {
    if (this.get(set) === undefined) throw missing(set);
    const known = this.#files.get(fileOf(set))!;
    try {
      return await this.#openChecked(set, known, signal);
    } catch (error) {
      if (!(error instanceof TriadError) || signal?.aborted) throw error;
      this.#note(set, known, { damage: error });
      this.options.onDamage(set, error.message);
      throw damagedSet(set, error);
    }
  }

  /** Whether a share that is here need not be sent again. */
  async #isWhole(set: string): Promise<boolean> {
    try {
      await (await this.open(set)).close();
      return true;
    } catch {
      return false;
    }
  }

  async #openChecked(set: string, known: ShareFile, signal?: AbortSignal): Promise<ShareSet> {
    const stamp = await stampOf(this.#path(set)).catch(() => '');
    if (stamp === '') throw new TriadError('mismatch', 'its file is gone');
    const share = await this.#openFile(this.#path(set));
    if (known.checked === stamp) return share;
    try {
      await share.verify(this.options.verify, signal);
    } catch (error) {
      await share.close();
      throw error;
    }
    this.#note(set, known, { checked: stamp });
    return share;
  }

  /** Adds to what is known of a file, unless that has changed meanwhile. */
  #note(set: string, known: ShareFile, more: Partial<ShareFile>): void {
    if (this.#files.get(fileOf(set)) === known) this.#files.set(fileOf(set), { ...known, ...more });
  }

  async remove(set: string): Promise<void> {
    if (!this.#files.delete(fileOf(set))) throw missing(set);
    await rm(this.#path(set), { force: true });
  }

  async #find(file: string): Promise<void> {
    const path = this.folder.at('data', file);
    try {
      const share = await this.#openFile(path);
      await share.close();
      this.#files.set(file, { found: await this.#describe(share.manifest) });
    } catch (error) {
      if (!(error instanceof TriadError)) throw error;
      this.#files.set(file, { damage: error });
      this.options.onDamage(file, error.message);
    }
  }

  /** Errors travel to owners and submitters: they name no path of this machine. */
  async #openFile(path: string): Promise<ShareSet> {
    const source = await openFile(path);
    return openShare({ ...source, name: 'the share file' }, this.options.party);
  }

  async #describe(manifest: Manifest): Promise<DataSet> {
    const { size } = await stat(this.#path(setNameOf(manifest)));
    return { manifest, digest: manifestDigest(manifest), bytes: size };
  }

  #found(): readonly DataSet[] {
    return [...this.#files.values()].flatMap(({ found }) => found ?? []);
  }

  #of(owner: string): readonly DataSet[] {
    return this.#found().filter(({ manifest }) => manifest.owner === owner);
  }

  #bytesOf(owner: string): number {
    return this.#of(owner).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Throws `limit` when there is no room for another data set whose manifest has so many characters. */
  #checkCount({ owner, name }: Expected, text: number): void {
    const own = this.#of(owner).filter(({ manifest }) => manifest.name !== name);
    const all = own.reduce((sum, { manifest }) => sum + JSON.stringify(manifest).length, text);
    if (own.length >= mostSets || all > mostText)
      throw new TriadError('limit', `${owner} has ${own.length} data sets here`, {
        remedy: 'remove some, or name columns more shortly',
      });
  }

  async #check(path: string, { owner, name }: Expected, id: string): Promise<Manifest> {
    const { federation, verify } = this.options;
    const share = await this.#openFile(path);
    try {
      const { manifest } = share;
      const wrong = [
        ['owner', manifest.owner, owner],
        ['name', manifest.name, name],
        ['federation', manifest.federation, federation],
        ['id', manifest.id, id],
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
    return this.folder.at('data', fileOf(set));
  }
}

const fileOf = (set: string): string => `${fileName(set)}.safetensors`;

/** Changes when the file does. */
const stampOf = async (path: string): Promise<string> => {
  const { size, mtimeMs, ino } = await stat(path);
  return `${ino}/${size}/${mtimeMs}`;
};

const taken = (set: string): TriadError =>
  new TriadError('refused', `there is a data set '${set}' already`, {
    remedy: 'remove it first, or give the data another name',
  });

const missing = (set: string): TriadError =>
  new TriadError('bad-argument', `there is no data set '${set}' here`, { remedy: 'let its owner share it' });

const damagedSet = (set: string, { message }: Error): TriadError =>
  new TriadError('mismatch', `this node's share of '${set}' is damaged: ${message.replace(/;.*$/, '')}`, {
    remedy: `let its owner send the same files again (triad data send), or remove '${set}', share and grant it anew`,
  });
