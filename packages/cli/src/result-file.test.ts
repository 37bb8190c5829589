import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NdArray } from '@triad/layers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeResults } from './result-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

const number = (value: number): NdArray => new NdArray([1], Float64Array.of(value));

describe('results', () => {
  it('have a file each, whatever their names', async () => {
    const values = { 'a/b': number(1), 'a b': number(2), a_b: number(3), '../é': number(4) };
    const files = await writeResults(values, folder, 'csv');
    expect((await readdir(folder)).sort()).toEqual(['..=2F=C3=A9.csv', 'a=20b.csv', 'a=2Fb.csv', 'a_b.csv']);
    for (const [i, file] of files.entries()) expect(await readFile(file, 'utf8')).toBe(`${i + 1}\n`);
  });

  it('that may be one file are refused before anything is written', async () => {
    const values = { w: number(1), W: number(2) };
    await expect(writeResults(values, folder, 'npy')).rejects.toMatchObject({
      code: 'bad-argument',
      remedy: expect.stringMatching(/safetensors/),
    });
    expect(await readdir(folder)).toEqual([]);
    expect(await writeResults(values, folder, 'safetensors')).toHaveLength(1);
  });
});
