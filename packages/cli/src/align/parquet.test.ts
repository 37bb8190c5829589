import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import type { SchemaElement } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { testFolder } from './fixture/folder.js';
import { keysOf } from './fixture/keys.js';

const folder = testFolder();

const write = async (
  name: string,
  columnData: ColumnSource[],
  schema?: SchemaElement[],
  rowGroupSize = 3,
): Promise<string> => {
  const buffer = parquetWriteBuffer({ columnData, rowGroupSize, ...(schema && { schema }) });
  await writeFile(folder.at(name), new Uint8Array(buffer));
  return folder.at(name);
};

/** One column of stored values, and what the schema says they mean. */
const keysOfColumn = async (element: Omit<SchemaElement, 'name'>, data: unknown[]): Promise<unknown[]> => {
  const schema: SchemaElement[] = [
    { name: 'root', num_children: 1 },
    { name: 'k', repetition_type: 'REQUIRED', ...element },
  ];
  return keysOf(await write('one.parquet', [{ name: 'k', data }], schema), ['k']);
};

/** The same texts as keys in CSV. */
const keysOfCsv = async (cells: readonly string[]): Promise<unknown[]> => {
  const lines = cells.map((text) => `"${text.replaceAll('"', '""')}"`);
  await writeFile(folder.at('same.csv'), ['k', ...lines].join('\n'));
  return keysOf(folder.at('same.csv'), ['k']);
};

describe('keys in Parquet', () => {
  it('of text are those of CSV', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 50 }), async (texts) => {
        const found = await keysOf(await write('t.parquet', [{ name: 'k', data: texts, type: 'STRING' }]));
        expect(found).toEqual(texts);
        expect(await keysOfCsv(texts)).toEqual(found);
      }),
      { seed: 6, numRuns: 100 },
    );
  });

  it('of integers are their decimal digits, however many they are', async () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    await fc.assert(
      fc.asyncProperty(fc.array(int64, { minLength: 1, maxLength: 50 }), async (data) => {
        expect(await keysOfColumn({ type: 'INT64' }, data)).toEqual(await keysOfCsv(data.map(String)));
      }),
      { seed: 7, numRuns: 50 },
    );
    expect(await keysOfColumn({ type: 'INT32' }, [0, -(2 ** 31), 2 ** 31 - 1])).toEqual([
      '0',
      '-2147483648',
      '2147483647',
    ]);
    expect(await keysOfColumn({ type: 'INT64', converted_type: 'UINT_64' }, [2n ** 64n - 1n, 1n])).toEqual([
      '18446744073709551615',
      '1',
    ]);
    expect(await keysOfColumn({ type: 'INT32', converted_type: 'UINT_32' }, [2 ** 32 - 1])).toEqual([
      '4294967295',
    ]);
  });

  it('of other types have one text, too', async () => {
    expect(await keysOfColumn({ type: 'DOUBLE' }, [5, -0, 2 ** 53 - 1])).toEqual([
      '5',
      '0',
      '9007199254740991',
    ]);
    expect(await keysOfColumn({ type: 'BOOLEAN' }, [true, false])).toEqual(['true', 'false']);
    expect(
      await keysOfColumn({ type: 'INT32', converted_type: 'DATE' }, [
        new Date('2026-01-31T00:00:00Z'),
        new Date('1969-12-31T00:00:00Z'),
      ]),
    ).toEqual(['2026-01-31', '1969-12-31']);
    const decimal = { converted_type: 'DECIMAL', precision: 30, scale: 2 } as const;
    expect(await keysOfColumn({ type: 'INT64', ...decimal }, [1250n, -5n, 0n])).toEqual([
      '12.50',
      '-0.05',
      '0.00',
    ]);
    expect(
      await keysOfColumn({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 13, ...decimal }, [
        123456789012345678901234567890n,
        -1n,
      ]),
    ).toEqual(['1234567890123456789012345678.90', '-0.01']);
    const uuid = '01234567-89ab-cdef-0123-456789abcdef';
    expect(
      await keysOfColumn({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } }, [
        uuid,
      ]),
    ).toEqual([uuid]);
  });

  it.each([
    [
      'MILLIS',
      [1500n, 0n, -1n],
      ['1970-01-01T00:00:01.5Z', '1970-01-01T00:00:00Z', '1969-12-31T23:59:59.999Z'],
    ],
    ['MICROS', [1_500_000n], ['1970-01-01T00:00:01.5Z']],
    ['NANOS', [1_500_000_001n], ['1970-01-01T00:00:01.500000001Z']],
  ] as const)('of timestamps in %s are the same at the same instant', async (unit, data, texts) => {
    const element = {
      type: 'INT64',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit },
    } as const;
    expect(await keysOfColumn(element, [...data])).toEqual(texts);
  });

  it('may have several columns, of groups of rows', async () => {
    const path = await write('several.parquet', [
      { name: 'id', data: [1, 2, 3, 4, 5], type: 'INT32' },
      { name: 'name', data: ['a', 'b', 'c', 'd', 'e'], type: 'STRING' },
    ]);
    expect(await keysOf(path, ['name', '1'])).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
      ['d', '4'],
      ['e', '5'],
    ]);
  });

  it('may be none', async () => {
    expect(await keysOf(await write('empty.parquet', [{ name: 'k', data: [], type: 'STRING' }]))).toEqual([]);
  });

  it('are refused with row and column where there is none', async () => {
    const nullable = await write('null.parquet', [
      { name: 'k', data: ['a', 'b', 'c', 'd', null], type: 'STRING', nullable: true },
      { name: 'x', data: [1.5, 2, 3, 4, 5], type: 'DOUBLE' },
      { name: 'j', data: [{}, {}, {}, {}, {}], type: 'JSON' },
      { name: 'e', data: ['a', '', 'c', 'd', 'e'], type: 'STRING' },
    ]);
    for (const [columns, message] of [
      [['k'], "row 5, column 'k' is empty"],
      [['e'], "row 2, column 'e' is empty"],
      [['x'], "row 1, column 'x' cannot be a key"],
      [['j'], "column 'j' cannot be a key"],
      [['z'], "has no column 'z'; it has k, x, j, e"],
      [undefined, 'has 4 columns'],
    ] as const) {
      const reading = keysOf(nullable, columns);
      await expect(reading).rejects.toMatchObject({ code: 'bad-argument' });
      await expect(reading).rejects.toThrow(message);
    }
  });

  it('are refused where bytes are no text', async () => {
    const element = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
    await expect(keysOfColumn(element, [Uint8Array.of(0xff)])).rejects.toThrow(
      "row 1, column 'k' cannot be a key",
    );
  });

  it('are refused where the file is none, or cut', async () => {
    await writeFile(folder.at('no.parquet'), 'PAR1 is how it begins');
    await expect(keysOf(folder.at('no.parquet'))).rejects.toMatchObject({ code: 'bad-argument' });
    await writeFile(folder.at('no.parquet'), '');
    await expect(keysOf(folder.at('no.parquet'))).rejects.toMatchObject({ code: 'bad-argument' });
  });
});
