/** Deals a table to the three parties: three files, in bounded memory whatever the table's size. */
import { type FileHandle, mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileError, openFile, partOf, removeLeftovers } from '../storage/local.js';
import { parseLocation } from '../storage/location.js';
import type { Sink } from '../storage/storage.js';
import { createSink, removeStored } from '../storage/stored.js';
import type { Table } from '../table/table.js';
import { Dealer, type DealOptions, parties } from './dealer.js';
import { checkDataName, type Manifest } from './manifest.js';

export interface ShareTableOptions extends DealOptions {
  /** Place of a party's file: a path, or a URL as `createSink` takes it. */
  readonly path: (party: number) => string;
}

const ownerOnly = 0o600;

/**
 * Writes `path(0)`, `path(1)` and `path(2)` when the whole table is dealt. Each is for one node alone; two together give the table away. Throws
 * `bad-argument` for an empty table and for a place that cannot be written to, and whatever reading the table throws; then none of the files is there.
 */
export const shareTable = async (table: Table, options: ShareTableOptions): Promise<Manifest> => {
  checkDataName(options.name);
  const places = parties.map(options.path);
  const local = places.flatMap((place) => {
    const parsed = parseLocation(place);
    return parsed.kind === 'local' ? [parsed.path] : [];
  });
  return local.length === places.length
    ? dealToFiles(table, options, local)
    : dealToPlaces(table, options, places);
};

/** The header is written last, into the room that was left for it. */
const dealToFiles = async (
  table: Table,
  options: DealOptions,
  paths: readonly string[],
): Promise<Manifest> => {
  const parts = paths.map(partOf);
  const files: FileHandle[] = [];
  try {
    for (const path of paths) await removeLeftovers(path);
    for (const part of parts) files.push(await create(part));
    const manifest = await new Dealer(table, options, files).deal();
    for (const file of files) await file.sync();
    for (const file of files.splice(0)) await file.close();
    await allOrNone(paths, (path, party) => rename(parts[party]!, path));
    return manifest;
  } catch (error) {
    for (const file of files) await file.close();
    for (const part of parts) await rm(part, { force: true }).catch(() => {});
    throw fileError(error, `cannot write ${paths[0]}`, 'name a place that this process may write to');
  }
};

const create = async (path: string): Promise<FileHandle> => {
  await mkdir(dirname(path), { recursive: true });
  return open(path, 'wx', ownerOnly);
};

/** Servers take bytes in their order alone: the files are made here, for this user alone, and then carried there. */
const dealToPlaces = async (
  table: Table,
  options: DealOptions,
  places: readonly string[],
): Promise<Manifest> => {
  // What cannot be written to shows before the table is dealt.
  for (const place of places) await (await createSink(place, { mode: ownerOnly })).abort();
  const folder = await mkdtemp(join(tmpdir(), 'triad-share-'));
  const paths = parties.map((party) => join(folder, String(party)));
  const sinks: Sink[] = [];
  try {
    const manifest = await dealToFiles(table, options, paths);
    for (const [party, place] of places.entries()) sinks.push(await carry(paths[party]!, place));
    await allOrNone(places, (_, party) => sinks[party]!.commit());
    return manifest;
  } catch (error) {
    for (const sink of sinks) await sink.abort();
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** All bytes of a file, on their way but not yet there. */
const carry = async (path: string, place: string): Promise<Sink> => {
  const source = await openFile(path);
  try {
    const sink = await createSink(place, { mode: ownerOnly, size: source.size });
    try {
      for await (const bytes of source.stream()) await sink.write(bytes);
      return sink;
    } catch (error) {
      await sink.abort();
      throw error;
    }
  } finally {
    await source.close();
  }
};

/** Makes the files visible one by one; if one cannot be, those before it are removed again. */
export const allOrNone = async (
  places: readonly string[],
  publish: (place: string, party: number) => Promise<void>,
): Promise<void> => {
  const done: string[] = [];
  try {
    for (const [party, place] of places.entries()) {
      await publish(place, party);
      done.push(place);
    }
  } catch (error) {
    for (const place of done) await removeStored(place).catch(() => {});
    throw error;
  }
};
