import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolder } from './folder.js';

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'triad-folder-'));
});
afterEach(() => rm(path, { recursive: true, force: true }));

const owner = { federation: 'prices', role: '1' };
const lockOf = async (holder: string, age = 0): Promise<void> => {
  const lock = join(path, 'lock');
  await writeFile(lock, holder);
  const then = new Date(Date.now() - age);
  await utimes(lock, then, then);
};

describe('a data directory', () => {
  it('is one node and one process at a time', async () => {
    const folder = await openFolder(path, owner);
    await folder.close();
    await (await openFolder(path, owner)).close();
    await expect(openFolder(path, { ...owner, role: '2' })).rejects.toMatchObject({ code: 'mismatch' });
    // The process that runs this one is alive.
    await lockOf(`${process.ppid} ${hostname()}`, 60_000);
    await expect(openFolder(path, owner)).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringMatching(/in use by process \d+ of/),
    });
  });

  it('is free again when its process has died, here or elsewhere', async () => {
    for (const [holder, age] of [
      [`999999999 ${hostname()}`, 0],
      [`${process.pid} ${hostname()}`, 0],
      ['1 another-container', 60_000],
      ['', 60_000],
    ] as const) {
      await lockOf(holder, age);
      await (await openFolder(path, owner)).close();
    }
  });

  it('is not taken from a process of another machine that shows signs of life', async () => {
    await lockOf('1 another-container');
    const lock = join(path, 'lock');
    const timer = setInterval(() => void utimes(lock, new Date(), new Date()), 500);
    await expect(openFolder(path, owner)).rejects.toThrow(/process 1 of another-container/);
    clearInterval(timer);
  });

  it('that cannot be made is refused', async () => {
    await writeFile(join(path, 'file'), '');
    await expect(openFolder(join(path, 'file', 'data'), owner)).rejects.toMatchObject({
      code: 'bad-argument',
      remedy: expect.stringMatching(/may write to/),
    });
  });
});
