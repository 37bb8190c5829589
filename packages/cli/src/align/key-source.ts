import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fingerprint } from './bucket-store.js';
import type { KeySource } from './bucketed.js';
import { type KeyFile, kindOf, unreadable } from './key-file.js';
import { openParquet } from './parquet-table.js';
import { readKeys } from './read-keys.js';

/** Bytes at the beginning of a text file from which the length of its lines is estimated. */
const sampleBytes = 2 ** 16;

/** A file's keys for a run by buckets. */
export const keySource = async (source: KeyFile): Promise<KeySource> => {
  const { file, columns = [] } = source;
  const { size, mtimeMs } = await stat(file).catch((error: unknown) => {
    throw unreadable(file, error, 'name a file that is there');
  });
  return {
    fingerprint: fingerprint(resolve(file), size, mtimeMs, ...columns),
    estimate: kindOf(file) === 'parquet' ? await parquetRows(file) : await textRows(file, size),
    read: () => readKeys(source),
  };
};

const parquetRows = async (file: string): Promise<number> => {
  const table = await openParquet(file);
  try {
    return Number(table.metadata.num_rows);
  } finally {
    await table.close();
  }
};

const textRows = async (path: string, size: number): Promise<number> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sampleBytes), 0, sampleBytes, 0);
    const lines = buffer.subarray(0, bytesRead).filter((byte) => byte === 0x0a).length;
    return Math.ceil((Math.max(lines, 1) * size) / Math.max(bytesRead, 1));
  } finally {
    await file.close();
  }
};
