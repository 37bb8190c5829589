import { writeFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testFolder } from './fixture/folder.js';
import { keysOf } from './fixture/keys.js';
import { kindOf, parseKeyFile } from './key-file.js';

const folder = testFolder();

const read = async (name: string, text: string | Uint8Array, columns?: readonly string[]) => {
  await writeFile(folder.at(name), text);
  return keysOf(folder.at(name), columns);
};

const bom = '\ufeff';

describe('a list of keys', () => {
  it('has one key a line, and nothing of a line is lost but its end', async () => {
    expect(await read('a.txt', 'a\n b \r\n"c"\n')).toEqual(['a', ' b ', '"c"']);
    expect(await read('a.txt', `${bom}ключ\n鍵\r\n🔑`)).toEqual(['ключ', '鍵', '🔑']);
    expect(await read('a.txt', '')).toEqual([]);
  });

  it('comes back as it was written, whatever its length and wherever blocks of it end', async () => {
    const key = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 100 })
      .filter((text) => !/[\r\n\ufeff]/.test(text));
    await fc.assert(
      fc.asyncProperty(
        fc.array(key, { minLength: 1 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        async (some, times, end, ended) => {
          const keys = Array.from({ length: times }, () => some).flat();
          const text = keys.join(end) + (ended ? end : '');
          expect(await read('b.txt', text)).toEqual(keys);
        },
      ),
      { seed: 4, numRuns: 30 },
    );
  });

  it.each([
    ['a\n\nb\n', undefined, 'a.txt: row 2 is empty'],
    ['a\n\r\n', undefined, 'a.txt: row 2 is empty'],
    ['a\nb', ['id'], 'has no columns'],
    [Uint8Array.of(0x61, 0x0a, 0xff, 0x0a), undefined, 'not text in UTF-8'],
    ['x'.repeat(2 ** 26 + 1), undefined, 'more than 64 MB'],
  ])('is refused with the place and the remedy (case %#)', async (text, columns, message) => {
    await expect(read('a.txt', text, columns)).rejects.toThrow(message);
  });
});

const cell = fc
  .array(fc.constantFrom('a', 'b', ',', '"', '""', '\n', '\r\n', ' ', 'ü', '鍵', '7'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(''));

const quoted = (text: string, always: boolean): string =>
  always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** Tables of cells with some rows each, and how they are written. */
const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
  fc.record({
    rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 20 }),
    chosen: fc.shuffledSubarray([...Array(width).keys()], { minLength: 1 }),
    end: fc.constantFrom('\n', '\r\n'),
    always: fc.boolean(),
    marked: fc.boolean(),
    ended: fc.boolean(),
  }),
);

describe('keys in CSV', () => {
  it('are taken by name or number, in the order asked for', async () => {
    const text = 'id,name\n1,"a,b"\n2,"say ""hi"""\n';
    expect(await read('a.csv', text, ['name'])).toEqual(['a,b', 'say "hi"']);
    expect(await read('a.csv', text, ['2'])).toEqual(['a,b', 'say "hi"']);
    expect(await read('a.csv', text, ['name', 'id'])).toEqual([
      ['a,b', '1'],
      ['say "hi"', '2'],
    ]);
    expect(await read('a.csv', 'id\nx\n\n\ny', undefined)).toEqual(['x', 'y']);
  });

  it('need no header where the first line is all numbers', async () => {
    expect(await read('a.csv', '1,2\n3,4\n', ['2'])).toEqual(['2', '4']);
    expect(await read('a.csv', 'id\n', undefined)).toEqual([]);
  });

  it('are those another reader of CSV finds', async () => {
    await fc.assert(
      fc.asyncProperty(table, async ({ rows, chosen, end, always, marked, ended }) => {
        const header = (rows[0] ?? chosen).map((_, i) => `column ${i}`);
        const lines = [header, ...rows].map((row) => row.map((text) => quoted(text, always)).join(','));
        const text = (marked ? bom : '') + lines.join(end) + (ended ? end : '');
        const names = chosen.filter((i) => i < header.length).map((i) => `column ${i}`);
        const found = parse(text, { bom: true, columns: true }) as Record<string, string>[];
        const expected = found.map((row) => names.map((name) => row[name]));
        expect(await read('p.csv', text, names)).toEqual(names.length === 1 ? expected.flat() : expected);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('are found wherever blocks of the file end', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => [`k${i}`, `"${'\n"",'.repeat(i % 17)}${i}"`]);
    const text = `id,text\r\n${rows.map((row) => row.join(',')).join('\r\n')}`;
    expect(text.length).toBeGreaterThan(2 ** 21);
    expect(await read('a.csv', text, ['id'])).toEqual(rows.map(([id]) => id));
    const texts = rows.map(([, text]) => text!.slice(1, -1).replaceAll('""', '"'));
    expect(await read('a.csv', text, ['text'])).toEqual(texts);
  });

  it.each([
    ['id,b\nx,\ny,1\n', ['b'], "row 1, column 'b' is empty"],
    ['id,b\nx,1\n"",1\n', ['id'], "row 2, column 'id' is empty"],
    ['id,b\nx,1\n,1\n', ['b', 'id'], "row 2, column 'id' is empty"],
    ['id,b\nx,1\n', ['z'], "has no column 'z'; it has id, b"],
    ['1,2\n', ['3'], "has no column '3'"],
    ['id,id\nx,1\n', ['id'], "several columns 'id'"],
    ['id,b\nx,1\n', undefined, 'has 2 columns'],
    ['id,b\nx\n', ['id'], 'row 1 has 1 cells, the first line 2'],
    ['id,b\nx,1\ny,1,1\n', ['id'], 'row 2 has 3 cells'],
    ['id\nx"y"\n', ['id'], 'row 1 has a quote inside'],
    ['id\n"x"y\n', ['id'], 'row 1 goes on behind a closing quote'],
    ['id\n"x\n', ['id'], 'row 1 has a quote that is not closed'],
    ['', ['id'], 'is empty'],
    ['\n\n', ['id'], 'is empty'],
    [Uint8Array.of(0x69, 0x64, 0x0a, 0xff), ['id'], 'not text in UTF-8'],
  ])('are refused with the place and the remedy: %j', async (text, columns, message) => {
    const reading = read('a.csv', text, columns);
    await expect(reading).rejects.toMatchObject({ code: 'bad-argument' });
    await expect(reading).rejects.toThrow(message);
  });

  it('say which file is missing', async () => {
    for (const name of ['none.csv', 'none.txt', 'none.parquet'])
      await expect(keysOf(folder.at(name))).rejects.toThrow(`cannot read ${folder.at(name)}`);
  });
});

describe('the file of the keys', () => {
  it('is FILE or FILE#COLUMNS', () => {
    expect(parseKeyFile('C:\\data\\a.csv#b,c d')).toEqual({ file: 'C:\\data\\a.csv', columns: ['b', 'c d'] });
    expect(parseKeyFile('a.txt')).toEqual({ file: 'a.txt' });
    for (const text of ['', '#id', 'a.csv#', 'a.csv#b,,c'])
      expect(() => parseKeyFile(text)).toThrow('write FILE');
    expect(() => parseKeyFile('a.csv#b,b')).toThrow('names a column twice');
  });

  it('has a kind by its name', () => {
    expect(['a.csv', 'b.PARQUET', 'c.d.txt'].map(kindOf)).toEqual(['csv', 'parquet', 'list']);
    expect(() => kindOf('a.xlsx')).toThrow('no file of a known kind');
  });
});
