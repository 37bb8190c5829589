/** Reading and writing by the name of a place, wherever it is. */
import { rm } from 'node:fs/promises';
import { createFile, openFile, removeLeftovers } from './local.js';
import { parseLocation } from './location.js';
import { patienceOf, persist } from './patience.js';
import { S3Object } from './s3/s3-object.js';
import { createS3 } from './s3/s3-sink.js';
import { openS3 } from './s3/s3-source.js';
import type { Sink, SinkOptions, Source, StorageOptions } from './storage.js';
import { WebHdfs } from './webhdfs/webhdfs.js';
import { createWebHdfs } from './webhdfs/webhdfs-sink.js';
import { openWebHdfs } from './webhdfs/webhdfs-source.js';

/**
 * Opens what is at a place. Throws `bad-argument` for what is not there or may not be read, `timeout` when its server does not answer. Reading
 * throws `mismatch` when what a server has there changes meanwhile.
 */
export const openSource = async (location: string, options: StorageOptions = {}): Promise<Source> => {
  const parsed = parseLocation(location);
  if (parsed.kind === 'local') return openFile(parsed.path);
  const patience = patienceOf(options);
  return parsed.kind === 's3' ? openS3(parsed, patience) : openWebHdfs(parsed, patience);
};

/**
 * Begins to write to a place; folders are made if need be. Throws `bad-argument` for a place that cannot be written to, `limit` where there is no room,
 * `timeout` when its server does not answer; what may pass is tried again from where it broke off.
 */
export const createSink = async (location: string, options: SinkOptions = {}): Promise<Sink> => {
  const parsed = parseLocation(location);
  const { mode = 0o644, size } = options;
  if (parsed.kind === 'local') {
    await removeLeftovers(parsed.path);
    return createFile(parsed.path, mode);
  }
  const patience = patienceOf(options);
  return parsed.kind === 's3' ? createS3(parsed, patience, size) : createWebHdfs(parsed, patience, mode);
};

/** Removes the file or object at a place, if there is one. */
export const removeStored = async (location: string, options: StorageOptions = {}): Promise<void> => {
  const parsed = parseLocation(location);
  const patience = patienceOf(options);
  if (parsed.kind === 'local') return rm(parsed.path, { force: true });
  if (parsed.kind === 'webhdfs')
    return persist(() => new WebHdfs(parsed, patience).remove(parsed.path), { ms: patience.contact });
  const object = await S3Object.at(parsed, patience);
  await persist(() => object.remove(), { ms: patience.contact }).finally(() => object.close());
};

/** Writes something whole or not at all. */
export const writeStored = async (
  location: string,
  contents: string | Uint8Array,
  options: SinkOptions = {},
): Promise<void> => {
  const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
  const sink = await createSink(location, { size: bytes.length, ...options });
  try {
    await sink.write(bytes);
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
};
