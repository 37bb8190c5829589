/** A party's share of a data set, read by ranges of rows. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { parseSafetensorsHeader, safetensorsHeaderEnd } from '@triad/layers';
import { TriadError } from '@triad/protocol';
import { Tensor } from '@triad/ring';
import type { Source } from '../storage/storage.js';
import { componentsOf, keyBytes, Stream } from './dealt.js';
import { metadataNames, nonceBytes, shareKind, tensorsOf } from './layout.js';
import { type Manifest, manifestBytes, manifestLabel, parseManifest } from './manifest.js';

/** Whether a role has signed bytes, for one use. */
export type Verifier = (role: string, label: string, bytes: Uint8Array, signature: Uint8Array) => boolean;

/** An open share file. Whoever opened it closes it. */
export interface ShareSet {
  readonly manifest: Manifest;
  /** Whose share it is. */
  readonly party: number;
  /** Reads all of it, until the signal says not to: throws `mismatch` unless it is whole and its owner's, down to the last word. */
  verify(verify: Verifier, signal?: AbortSignal): Promise<void>;
  /** This party's two parts of rows start up to, not including, end: [rows, columns] each, the caller's to dispose. */
  read(start: number, end: number): Promise<readonly [Tensor, Tensor]>;
  close(): Promise<void>;
}

/**
 * Opens a party's share file, or whose it is, and takes over its source. Throws `bad-argument` for what is no share file, `mismatch` for
 * another party's. What it says is not verified.
 */
export const openShare = async (source: Source, party?: number): Promise<ShareSet> => {
  try {
    return await open(source, party);
  } catch (error) {
    await source.close();
    if (!(error instanceof TriadError) || error.message.startsWith(source.name)) throw error;
    throw new TriadError(error.code, `${source.name}: ${error.message}`, { cause: error });
  }
};

/** The header, and where what follows it begins. */
const headerIn = async (source: Source) => {
  try {
    const end = safetensorsHeaderEnd(await source.read(0, 8), source.size);
    return parseSafetensorsHeader(await source.read(0, end), source.size);
  } catch (error) {
    if (!(error instanceof TriadError) || error.code !== 'bad-argument') throw error;
    throw wrongFile(source, 'it is no share of a data set, or not whole');
  }
};

const open = async (source: Source, wanted: number | undefined): Promise<ShareSet> => {
  const { dataStart, metadata, entries } = await headerIn(source);
  if (metadata[metadataNames.kind] !== shareKind) throw wrongFile(source, 'it is no share of a data set');
  const manifest = parseManifest(metadata[metadataNames.manifest] ?? '', source.name);
  const said = metadata[metadataNames.party] ?? '';
  if (!/^[0-2]$/.test(said)) throw wrongFile(source, 'it does not say whose share it is');
  const party = Number(said);
  if (wanted !== undefined && party !== wanted)
    throw new TriadError('mismatch', `${source.name} is the share of party ${said}, not of party ${wanted}`, {
      remedy: `give this node the file that ends in .party${wanted}.safetensors`,
    });
  const expected = tensorsOf(party, manifest.rows, manifest.columns.length);
  const sameForm = expected.every(
    ({ name, shape }, i) => entries[i]?.name === name && entries[i].shape.join() === shape.join(),
  );
  if (!sameForm || entries.length !== expected.length)
    throw wrongFile(source, 'its tensors are not those of a share');
  const at = (name: string) => dataStart + (entries.find((entry) => entry.name === name)?.start ?? 0);
  const keysEnd = at('keys') + entries[0]!.shape[0]! * keyBytes;
  const keys = await source.read(at('keys'), keysEnd);
  const signature = Buffer.from(metadata[metadataNames.signature] ?? '', 'base64');
  return new DealtShare(source, {
    manifest,
    party,
    signature,
    keys,
    nonceAt: at('nonce'),
    wordsAt: at('words'),
  });
};

interface Content {
  readonly manifest: Manifest;
  readonly party: number;
  readonly signature: Uint8Array;
  readonly keys: Uint8Array;
  readonly nonceAt: number;
  readonly wordsAt: number;
}

class DealtShare implements ShareSet {
  readonly manifest: Manifest;
  readonly party: number;
  /** By component; component 2 has none. */
  readonly #streams = new Map<number, Stream>();

  constructor(
    private readonly source: Source,
    private readonly content: Content,
  ) {
    const { keys, manifest, party } = content;
    this.manifest = manifest;
    this.party = party;
    for (const [i, component] of keyed(party).entries())
      this.#streams.set(component, new Stream(keys.subarray(i * keyBytes, (i + 1) * keyBytes)));
  }

  async verify(verify: Verifier, signal?: AbortSignal): Promise<void> {
    const { manifest, signature, party } = this.content;
    if (!verify(manifest.owner, manifestLabel, manifestBytes(manifest), signature))
      throw this.#damaged(`is not signed by ${manifest.owner}`);
    for (const [component, { key }] of this.#streams)
      if (!isDigest(createHash('sha256').update(key).digest(), manifest.digests.keys[component]!))
        throw this.#damaged('has a key that is not the one its owner signed');
    if (party !== 0 && !isDigest(await this.#wordsDigest(signal), manifest.digests.words))
      throw this.#damaged('has words that are not those its owner signed');
  }

  async read(start: number, end: number): Promise<readonly [Tensor, Tensor]> {
    const { rows } = this.manifest;
    if (!(start >= 0 && start <= end && end <= rows))
      throw new TriadError('bad-argument', `${this.source.name} has no rows ${start} to ${end}`, {
        remedy: `it has ${rows} rows`,
      });
    const [a, b] = componentsOf(this.content.party);
    const first = await this.#component(a, start, end);
    try {
      return [first, await this.#component(b, start, end)];
    } catch (error) {
      first.dispose();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.source.close();
  }

  async #component(component: number, start: number, end: number): Promise<Tensor> {
    const stream = this.#streams.get(component);
    return stream === undefined ? this.#words(start, end) : this.#drawn(stream, start, end);
  }

  async #words(start: number, end: number): Promise<Tensor> {
    const width = this.manifest.columns.length;
    const { wordsAt } = this.content;
    const bytes = await this.source.read(wordsAt + start * width * 8, wordsAt + end * width * 8);
    if (bytes.length !== (end - start) * width * 8) throw this.#damaged('ends too early');
    return Tensor.fromBytes([end - start, width], bytes);
  }

  #drawn(stream: Stream, start: number, end: number): Tensor {
    const { chunkRows, columns } = this.manifest;
    const out = Tensor.empty([end - start, columns.length]);
    for (let chunk = Math.floor(start / chunkRows); chunk * chunkRows < end; chunk++) {
      const first = chunk * chunkRows;
      const [from, to] = [Math.max(start, first), Math.min(end, first + chunkRows)];
      const drawn = stream.rows(chunk, to - first, columns.length);
      const [skipped, target] = [from - first, from - start].map((n) => n * columns.length * 8) as [
        number,
        number,
      ];
      out.bytes().set(drawn.bytes().subarray(skipped), target);
      drawn.dispose();
    }
    return out;
  }

  async #wordsDigest(signal?: AbortSignal): Promise<Uint8Array> {
    const { nonceAt, wordsAt } = this.content;
    const hash = createHash('sha256').update(await this.source.read(nonceAt, nonceAt + nonceBytes));
    for await (const bytes of this.source.stream(wordsAt)) {
      signal?.throwIfAborted();
      hash.update(bytes);
    }
    return hash.digest();
  }

  #damaged(how: string): TriadError {
    const { owner, name } = this.manifest;
    return new TriadError('mismatch', `${this.source.name} (${owner}/${name}) ${how}`, {
      remedy: 'have its owner send it again',
    });
  }
}

/** The components of a party that come from keys. */
export const keyed = (party: number): readonly number[] =>
  componentsOf(party).filter((component) => component < 2);

const isDigest = (found: Uint8Array, hex: string): boolean => timingSafeEqual(found, Buffer.from(hex, 'hex'));

const wrongFile = ({ name }: Source, why: string): TriadError =>
  new TriadError('bad-argument', `${name}: ${why}`, { remedy: 'give a file that `triad share` has made' });
