import { utimes, writeFile } from 'node:fs/promises';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, it } from 'vitest';
import { fileSource } from './file-source.js';
import { testFolder } from './fixture/folder.js';
import { textsOf } from './fixture/keys.js';

const folder = testFolder();
const count = 200_000;
const keys = Array.from({ length: count }, (_, i) => `key-${String(i).padStart(6, '0')}`);

const files = {
  'a.txt': keys.join('\n'),
  'a.csv': ['id,n', ...keys.map((key) => `"${key}",1`)].join('\r\n'),
  'a.parquet': new Uint8Array(
    parquetWriteBuffer({ columnData: [{ name: 'id', data: keys, type: 'STRING' }] }),
  ),
};

it.each(Object.entries(files))(
  '%s says how many rows it has, about, and which they are',
  async (name, data) => {
    await writeFile(folder.at(name), data);
    const { estimate, read, fingerprint } = await fileSource({
      file: folder.at(name),
      ...(name === 'a.csv' && { columns: ['id'] }),
    });
    expect(Math.abs(estimate - count)).toBeLessThan(count / 20);
    const found: string[] = [];
    for await (const batch of read()) found.push(...('offsets' in batch ? textsOf(batch) : []));
    expect(found).toEqual(keys);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
  },
);

it('another file, and other columns of one, have another fingerprint', async () => {
  await writeFile(folder.at('b.csv'), 'p,q\na,b\n');
  const of = async (...columns: string[]) =>
    (await fileSource({ file: folder.at('b.csv'), columns })).fingerprint;
  const first = await of('p');
  expect(await of('p')).toBe(first);
  expect(await of('q')).not.toBe(first);
  await utimes(folder.at('b.csv'), 1, 1);
  expect(await of('p')).not.toBe(first);
});

it('an empty file has no rows', async () => {
  await writeFile(folder.at('e.txt'), '');
  await writeFile(folder.at('e.csv'), 'id\n');
  for (const name of ['e.txt', 'e.csv'])
    expect((await fileSource({ file: folder.at(name) })).estimate).toBe(0);
});
