import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolder } from './folder.js';
import { holderOf } from './lock.js';

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'triad-folder-'));
});
afterEach(() => rm(path, { recursive: true, force: true }));

const owner = { federation: 'prices', role: '1' };
const lockOf = async (holder: readonly (string | number)[], age = 0): Promise<void> => {
  const lock = join(path, 'lock');
  await writeFile(lock, holder.join(' '));
  const then = new Date(Date.now() - age);
  await utimes(lock, then, then);
};
const unexpected = (error: Error): never => {
  throw error;
};
/** The words of a lock that this process has taken: its number, host, machine and token. */
const ownLock = async (): Promise<string[]> => {
  const folder = await openFolder(path, owner, unexpected);
  const words = (await readFile(join(path, 'lock'), 'utf8')).split(' ');
  await folder.close();
  return words;
};

describe('a data directory', () => {
  it('is one node and one process at a time', async () => {
    const folder = await openFolder(path, owner, unexpected);
    await expect(openFolder(path, owner, unexpected)).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(`in use by process ${process.pid} of ${hostname()}`),
    });
    expect(await holderOf(path)).toEqual({ process: process.pid, host: hostname() });
    await folder.close();
    expect(await holderOf(path)).toBeUndefined();
    await expect(openFolder(path, { ...owner, role: '2' }, unexpected)).rejects.toMatchObject({
      code: 'mismatch',
    });
  });

  it('is not taken from another process of this machine that is alive, however quiet', async () => {
    const [, host = '', machine = ''] = await ownLock();
    await lockOf([process.ppid, host, machine, 'token'], 60_000);
    await expect(openFolder(path, owner, unexpected)).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(/in use by process \d+ of/),
      remedy: expect.stringMatching(/remove .*lock/),
    });
  });

  it('is free again when its process has died here', async () => {
    const [pid = '', host = '', machine = ''] = await ownLock();
    // The second one is as another container's first process before this one.
    for (const holder of [999999999, pid]) {
      await lockOf([holder, host, machine, 'token']);
      await (await openFolder(path, owner, unexpected)).close();
    }
  });

  it.each([
    ['elsewhere', -30_000],
    ['elsewhere, on a clock that is ahead', 3_600_000],
    ['while it was about to take it', 0],
  ])('is free again some time after its process has died %s', { timeout: 40_000 }, async (where, ahead) => {
    await lockOf(where.startsWith('elsewhere') ? [1, 'another-host', 'another', 'token'] : [], -ahead);
    expect(await holderOf(path)).toBeUndefined();
    await (await openFolder(path, owner, unexpected)).close();
  });

  it('is not taken from a process of another machine that shows signs of life, under whatever name and number', {
    timeout: 20_000,
  }, async () => {
    const [pid = '', host = ''] = await ownLock();
    await lockOf([pid, host, 'another', 'token'], 60_000);
    const lock = join(path, 'lock');
    // By its clock, which is half a minute behind.
    const now = () => new Date(Date.now() - 30_000);
    const timer = setInterval(() => void utimes(lock, now(), now()), 500);
    await expect(openFolder(path, owner, unexpected)).rejects.toThrow(`in use by process ${pid} of ${host}`);
    expect(await holderOf(path)).toEqual({ process: Number(pid), host });
    clearInterval(timer);
  });

  it('is lost by a process that another one took it from, and left to that', async () => {
    let lose: (error: Error) => void = unexpected;
    const lost = new Promise<Error>((resolve) => {
      lose = resolve;
    });
    const folder = await openFolder(path, owner, lose);
    await lockOf([1, 'another-host', 'another', 'token']);
    expect((await lost).message).toMatch(/in use by process 1 of another-host/);
    await folder.close();
    expect(await readFile(join(path, 'lock'), 'utf8')).toMatch(/another-host/);
  });

  it('that cannot be made is refused', async () => {
    await writeFile(join(path, 'file'), '');
    await expect(openFolder(join(path, 'file', 'data'), owner, unexpected)).rejects.toMatchObject({
      code: 'bad-argument',
      remedy: expect.stringMatching(/may write to/),
    });
  });
});
