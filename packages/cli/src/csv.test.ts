import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsvSource, readCsv } from './csv.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triad-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = async (text: string, columns?: readonly string[]) => {
  const file = join(folder, 'x.csv');
  await writeFile(file, text);
  return readCsv({ name: 'x', file, ...(columns && { columns }) });
};

describe('columns of a CSV file', () => {
  it('are taken by name, in the order asked for', async () => {
    const { shape, data } = await read('a,b,c\n1,2,3\n-4,5e-1,6\n', ['c', 'a']);
    expect(shape).toEqual([2, 2]);
    expect([...data]).toEqual([3, 1, 6, -4]);
  });

  it('are taken by number, and whole without a header', async () => {
    expect([...(await read('a,b\n1,2\n', ['2'])).data]).toEqual([2]);
    expect((await read('1,2\n3,4\n')).shape).toEqual([2, 2]);
    expect([...(await read('1,2\n3,4\n', ['2'])).data]).toEqual([2, 4]);
  });

  it('may be quoted, end in CRLF, and begin with a byte order mark', async () => {
    const { shape, data } = await read('\ufeff"name, long",y\r\n"1",2\r\n', ['name, long']);
    expect(shape).toEqual([1, 1]);
    expect([...data]).toEqual([1]);
  });

  it.each([
    ['a,b\n1,x\n', ['b'], 'line 2, column 2 is "x", not a number'],
    ['a,b\n1,\n', ['b'], 'line 2, column 2 is ""'],
    ['a,b\n1,NaN\n', undefined, 'line 2, column 2 is "NaN"'],
    ['a,b\n1,2\n', ['z'], "has no column 'z'; it has a, b"],
    ['1,2\n', ['3'], "has no column '3'; it has columns 1 to 2"],
    ['a,b\n1\n', undefined, 'cannot read'],
    ['a,b\n', undefined, 'has no rows'],
    ['', undefined, 'has no rows'],
  ])('are refused with the place and the remedy: %j', async (text, columns, message) => {
    await expect(read(text, columns)).rejects.toThrow(message);
  });

  it('say which file is missing', async () => {
    await expect(readCsv({ name: 'x', file: join(folder, 'none.csv') })).rejects.toMatchObject({
      code: 'bad-argument',
      message: expect.stringContaining('none.csv'),
    });
  });

  it('come back as they were written', async () => {
    const table = fc.integer({ min: 1, max: 5 }).chain((width) =>
      fc.array(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: width, maxLength: width }),
        {
          minLength: 1,
          maxLength: 8,
        },
      ),
    );
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const { shape, data } = await read(rows.map((row) => row.join(',')).join('\n'));
        expect(shape).toEqual([rows.length, rows[0]!.length]);
        expect([...data]).toEqual(rows.flat().map((x) => Number(String(x))));
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

it('a source is NAME=FILE#COLUMNS', () => {
  expect(parseCsvSource('x=C:\\data\\a.csv#b,c')).toEqual({
    name: 'x',
    file: 'C:\\data\\a.csv',
    columns: ['b', 'c'],
  });
  expect(parseCsvSource('x=a.csv')).toEqual({ name: 'x', file: 'a.csv' });
  expect(() => parseCsvSource('a.csv')).toThrow('write NAME=FILE');
});
