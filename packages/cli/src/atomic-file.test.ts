import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFileWhole } from './atomic-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A process that writes a long file, in the way of `writeFileWhole` or straight to its place. */
const writer = (path: string, whole: boolean) => {
  const module = JSON.stringify(new URL('../dist/index.js', import.meta.url).href);
  const write = whole
    ? `const { writeFileWhole } = await import(${module}); await writeFileWhole`
    : "const { writeFile } = await import('node:fs/promises'); await writeFile";
  const text = `${write}(${JSON.stringify(path)}, 'x'.repeat(4e8));`;
  return spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: 'ignore' });
};

const appears = async (name: RegExp): Promise<void> => {
  for (;;) {
    const found = (await readdir(folder)).find((each) => name.test(each));
    if (found !== undefined && (await stat(join(folder, found))).size > 0) return;
    await sleep(1);
  }
};

describe('a file written whole', () => {
  it('holds what it was given, in folders made for it, and replaces what was there', async () => {
    const path = join(folder, 'deep/er/a.json');
    await writeFileWhole(path, 'one');
    await writeFileWhole(path, 'two');
    expect(await readFile(path, 'utf8')).toBe('two');
    expect(await readdir(join(folder, 'deep/er'))).toEqual(['a.json']);
  });

  it('leaves nothing behind where it cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(writeFileWhole(join(folder, 'file/a'), 'x')).rejects.toMatchObject({ code: 'bad-argument' });
    expect(await readdir(folder)).toContain('file');
  });

  it('is not there when its writer is killed in between', async () => {
    const child = writer(join(folder, 'killed'), true);
    await appears(/^killed\.\d+\.part$/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await readdir(folder)).not.toContain('killed');
  });
});
