import { appendFile, utimes, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { fileVersion, requireUnchanged } from './file-version.js';
import { testFolder } from './fixture/folder.js';

const folder = testFolder();

it('a file that has changed is told from one that has not', async () => {
  const file = folder.at('a.txt');
  await expect(fileVersion(file)).rejects.toMatchObject({ code: 'bad-argument' });
  await writeFile(file, 'a\n');
  const before = await fileVersion(file);
  await requireUnchanged(before);
  await utimes(file, 1, 1);
  await expect(requireUnchanged(before)).rejects.toThrow('has changed since');
  const after = await fileVersion(file);
  await requireUnchanged(after);
  await appendFile(file, 'b\n');
  await utimes(file, 1, 1);
  await expect(requireUnchanged(after)).rejects.toMatchObject({ code: 'bad-argument' });
});
