import { badArgument } from '../../bad-argument.js';
import type { WebHdfsLocation } from '../location.js';
import { type Patience, persist } from '../patience.js';
import { changed, readAhead, readRange, remotePieceBytes } from '../range.js';
import type { Source } from '../storage.js';
import { type FileStatus, WebHdfs } from './webhdfs.js';

/** A file of HDFS. Reading throws `mismatch` once it is another than it was. */
export const openWebHdfs = async (location: WebHdfsLocation, patience: Patience): Promise<Source> => {
  const hdfs = new WebHdfs(location, patience);
  const { path, name } = location;
  const status = await persist(() => hdfs.status(path), { ms: patience.contact });
  if (status.type !== 'FILE') throw badArgument(`${name} is no file`, 'name a file');
  const size = status.length;
  const open = async (from: number, to: number) => {
    const bytes = await hdfs.open(path, from, to - from).catch(async (error: unknown) => {
      await requireSame(hdfs, path, status);
      throw error;
    });
    // A data node has the file open by now: if it still is the one it was, so are these bytes.
    return checked(bytes, () => requireSame(hdfs, path, status));
  };
  const read = (start: number, end: number) =>
    readRange({ name, patience, open }, start, Math.min(end, size));
  return {
    name,
    size,
    read,
    stream: (start = 0) => readAhead(read, start, size, remotePieceBytes),
    close: async () => {},
  };
};

async function* checked(
  bytes: AsyncIterable<Uint8Array>,
  check: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  yield* bytes;
  await check();
}

/** HDFS never changes bytes in place: a file that has its id, length and time has its bytes. */
const requireSame = async (hdfs: WebHdfs, path: string, before: FileStatus): Promise<void> => {
  const now = await hdfs.find(path);
  const kept = (['type', 'length', 'modificationTime', 'fileId'] as const).every(
    (key) => now?.[key] === before[key],
  );
  if (!kept) throw changed(hdfs.name);
};
