/** Files of this machine. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TriadError } from '@triad/protocol';
import { readAhead } from './range.js';
import { leftoverAgeMs, type Sink, type Source } from './storage.js';

const pieceBytes = 2 ** 20;

/** Throws `bad-argument` for a file that cannot be read. */
export const openFile = async (path: string): Promise<Source> => {
  const attempt = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw fileError(
        error,
        `cannot read ${path}`,
        'name a file that is there, and that this process may read',
      );
    }
  };
  const file = await attempt(() => open(path));
  const stat = await attempt(() => file.stat());
  if (!stat.isFile()) {
    await file.close();
    throw new TriadError('bad-argument', `${path} is no file`, { remedy: 'name a file' });
  }
  const { size } = stat;
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await attempt(() =>
        file.read(bytes, filled, bytes.length - filled, start + filled),
      );
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  };
  return {
    name: path,
    size,
    read,
    stream: (start = 0) => readAhead(read, start, size, pieceBytes),
    close: () => file.close(),
  };
};

/** Where a file is until it is whole. */
export const partOf = (path: string): string => `${path}.${randomBytes(4).toString('hex')}.part`;

/** Removes what processes that were killed a day ago or earlier left of a file. */
export const removeLeftovers = async (path: string): Promise<void> => {
  const [folder, name] = [dirname(path), basename(path)];
  const isPart = (file: string) =>
    file.startsWith(`${name}.`) && /^[0-9a-f]{8}\.part$/.test(file.slice(name.length + 1));
  for (const file of (await readdir(folder).catch(() => [])).filter(isPart)) {
    const found = await stat(join(folder, file)).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < Date.now() - leftoverAgeMs)
      await rm(join(folder, file), { force: true }).catch(() => {});
  }
};

/** A file that appears whole under its name when it is committed. Folders are made if need be. */
export const createFile = async (path: string, mode = 0o644): Promise<Sink> => {
  const part = partOf(path);
  const attempt = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw fileError(error, `cannot write ${path}`, 'name a place that this process may write to');
    }
  };
  const file: FileHandle = await attempt(async () => {
    await mkdir(dirname(path), { recursive: true });
    return open(part, 'wx', mode);
  });
  return {
    name: path,
    write: (bytes) => attempt(() => writeAll(file, bytes)),
    commit: () =>
      attempt(async () => {
        await file.sync();
        await file.close();
        await rename(part, path);
        await syncFolder(dirname(path));
      }),
    abort: async () => {
      await file.close().catch(() => {});
      await rm(part, { force: true }).catch(() => {});
    },
  };
};

/** All bytes, at a position or behind what was written before. */
export const writeAll = async (file: FileHandle, bytes: Uint8Array, position?: number): Promise<void> => {
  for (let at = 0; at < bytes.length; ) {
    const place = position === undefined ? null : position + at;
    at += (await file.write(bytes, at, bytes.length - at, place)).bytesWritten;
  }
};

/** Makes a rename in it last. Where folders cannot be synced, it is as durable as the system makes it. */
export const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(path).catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
};

/** What the system says, as an error that names the remedy. */
export const fileError = (error: unknown, what: string, remedy: string): unknown => {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof TriadError || code === undefined) return error;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new TriadError(full ? 'limit' : 'bad-argument', `${what}: ${message}`, {
    remedy: full ? 'make room there, or name another disk' : remedy,
    cause: error,
  });
};

/** Writes a file whole or not at all. */
export const writeFileWhole = async (
  path: string,
  contents: string | Uint8Array,
  mode?: number,
): Promise<void> => {
  const sink = await createFile(path, mode);
  try {
    await sink.write(typeof contents === 'string' ? new TextEncoder().encode(contents) : contents);
    await sink.commit();
  } catch (error) {
    await sink.abort();
    throw error;
  }
};
