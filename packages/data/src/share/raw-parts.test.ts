import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aby3 } from '@triad/aby3';
import { decryptRaw } from '@triad/layers';
import { expect, it } from 'vitest';
import { inPieces } from '../fixture/pieces.js';
import { openTable } from '../table/open-table.js';
import { shareRawParts } from './raw-parts.js';

it("a table becomes PaddleFL's headerless parts, record by record", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'triad-raw-'));
  const rows = Array.from({ length: 10_000 }, (_, i) => [i / 8, 5 - i, 1]);
  const table = await openTable(inPieces('t.csv', `a,b,c\n${rows.map((row) => row.join()).join('\n')}`));
  const paths = [0, 1, 2].map((party) => join(folder, `t.part${party}`));
  expect(await shareRawParts(table, (party) => paths[party]!)).toBe(rows.length);
  const files = await Promise.all(paths.map((path) => readFile(path)));
  for (const { length } of files) expect(length).toBe(rows.length * 2 * 3 * 8);
  for (const missing of [0, 1, 2]) {
    const some = files.map((file, party) => (party === missing ? undefined : new Uint8Array(file)));
    const { shape, data } = decryptRaw(some, [3], aby3());
    expect(shape).toEqual([rows.length, 3]);
    expect([...data]).toEqual(rows.flat());
  }
  // Part 0 of party 1 is part 1 of party 0, in every record.
  const [first, second] = files as [Buffer, Buffer];
  for (let at = 0; at < first.length; at += 48)
    expect(first.subarray(at + 24, at + 48).equals(second.subarray(at, at + 24))).toBe(true);
  const broken = await openTable(inPieces('t.csv', `a\n${'1\n'.repeat(9000)}x\n`));
  await expect(shareRawParts(broken, (party) => join(folder, `b.part${party}`))).rejects.toThrow(/row 9001/);
  expect((await readdir(folder)).sort()).toEqual(['t.part0', 't.part1', 't.part2']);
  await rm(folder, { recursive: true });
});
