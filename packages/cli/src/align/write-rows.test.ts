import { open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { testFolder } from './fixture/folder.js';
import { keysOf } from './fixture/keys.js';
import { listRecords } from './list.js';
import { RowOrder } from './row-order.js';
import { writeRows } from './write-rows.js';
import { writeTextRows } from './write-text.js';

const folder = testFolder();

const written = async (source: string, rows: readonly number[], target: string): Promise<string> => {
  await writeRows(folder.at(source), Uint32Array.from(rows), folder.at(target));
  return folder.at(target);
};

/** Some rows of `count`, in some order. */
const chosen = (count: number) => fc.shuffledSubarray([...Array(count).keys()]);

const objects = async (path: string) => parquetReadObjects({ file: await asyncBufferFromFile(path) });

describe('rows of a list', () => {
  it('are written in their order, for the owner alone', async () => {
    await writeFile(folder.at('a.txt'), '\ufeffa\r\nb\nc');
    const path = await written('a.txt', [2, 0], 'b.txt');
    expect(await readFile(path, 'utf8')).toBe('c\na\n');
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect(await readFile(await written('a.txt', [], 'b.txt'), 'utf8')).toBe('');
  });

  it('are in order whatever does not fit into memory', async () => {
    const keys = Array.from({ length: 300_000 }, (_, i) => `key-${i}`);
    await writeFile(folder.at('long.txt'), keys.join('\n'));
    const rows = keys.map((_, i) => (i * 7919) % 300_000).filter((row) => row % 3 !== 0);
    // Parts of some thousand rows, as if the file had more bytes.
    const file = await open(folder.at('out.txt'), 'w');
    const target = { file, spill: folder.at('out.rows'), bytes: 2 ** 33 };
    const order = new RowOrder(Uint32Array.from(rows));
    expect(await writeTextRows(listRecords({ file: folder.at('long.txt') }), order, target)).toBe(
      rows.length,
    );
    await file.close();
    expect(await keysOf(folder.at('out.txt'))).toEqual(rows.map((row) => keys[row]));
  });
});

describe('rows of CSV', () => {
  it('stay as they are, under their header', async () => {
    await writeFile(folder.at('a.csv'), '"id",text\r\n1,"x\r\ny"\r\n\r\n2, z \r\n3,""""\r\n');
    const path = await written('a.csv', [2, 0], 'b.csv');
    expect(await readFile(path, 'utf8')).toBe('"id",text\n3,""""\n1,"x\r\ny"\n');
    expect(await readFile(await written('a.csv', [], 'b.csv'), 'utf8')).toBe('"id",text\n');
  });

  it('have no header where there was none', async () => {
    await writeFile(folder.at('a.csv'), '1,2\n3,4\n5,6\n');
    expect(await readFile(await written('a.csv', [1], 'b.csv'), 'utf8')).toBe('3,4\n');
  });

  const cell = fc.string({
    unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', 'ü', ' '),
    minLength: 1,
    maxLength: 6,
  });
  const csv = (rows: readonly (readonly string[])[]) =>
    rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')).join('\n');

  it('come back in the order asked for, from CSV and from Parquet', async () => {
    const table = fc
      .array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 })
      .chain((rows) => fc.tuple(fc.constant(rows), chosen(rows.length)));
    await fc.assert(
      fc.asyncProperty(table, async ([rows, order]) => {
        await writeFile(folder.at('a.csv'), csv([['p', 'q'], ...rows]));
        const expected = order.map((row) => rows[row]!);
        expect(parse(await readFile(await written('a.csv', order, 'b.csv'), 'utf8')).slice(1)).toEqual(
          expected,
        );
        const parquet = await written('a.csv', order, 'b.parquet');
        expect(await objects(parquet)).toEqual(expected.map(([p, q]) => ({ p, q })));
        const back = await written('b.parquet', [...order.keys()], 'c.csv');
        expect(parse(await readFile(back, 'utf8'))).toEqual([['p', 'q'], ...expected]);
      }),
      { seed: 8, numRuns: 60 },
    );
  });
});

/** Columns of many kinds, stored as other programs do. */
const schema: SchemaElement[] = [
  { name: 'root', num_children: 7 },
  { name: 'id', type: 'INT64', repetition_type: 'REQUIRED' },
  {
    name: 'price',
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: 16,
    repetition_type: 'OPTIONAL',
    converted_type: 'DECIMAL',
    precision: 38,
    scale: 3,
  },
  {
    name: 'at',
    type: 'INT64',
    repetition_type: 'OPTIONAL',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'NANOS' },
  },
  { name: 'name', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' },
  { name: 'flag', type: 'BOOLEAN', repetition_type: 'OPTIONAL' },
  { name: 'ratio', type: 'DOUBLE', repetition_type: 'REQUIRED' },
  { name: 'tags', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL', converted_type: 'UTF8' },
];
const count = 25;
const numbers = [...Array(count).keys()];
const columnData = [
  { name: 'id', data: BigInt64Array.from(numbers, (i) => 2n ** 62n + BigInt(i)) },
  { name: 'price', data: numbers.map((i) => (i % 5 === 0 ? null : 10n ** 30n + BigInt(i))) },
  { name: 'at', data: numbers.map((i) => (i % 4 === 0 ? null : 1_700_000_000_000_000_001n + BigInt(i))) },
  { name: 'name', data: numbers.map((i) => (i % 3 === 0 ? null : `name "${i}",\n`)) },
  { name: 'flag', data: numbers.map((i) => (i % 3 === 0 ? null : i % 2 === 0)) },
  { name: 'ratio', data: Float64Array.from(numbers, (i) => i / 7) },
  {
    name: 'tags',
    data: numbers.map((i) => (i % 6 === 0 ? null : Array.from({ length: i % 4 }, (_, k) => `${k}`))),
  },
];

describe('rows of Parquet', () => {
  it('lose nothing: values that no number of JavaScript holds, lists, and what the schema says', async () => {
    const source = parquetWriteBuffer({
      columnData,
      schema,
      rowGroupSize: 7,
      kvMetadata: [{ key: 'a', value: 'b' }],
    });
    await writeFile(folder.at('a.parquet'), new Uint8Array(source));
    const rows = numbers.map((i) => (i * 7) % count).filter((row) => row % 4 !== 1);
    const path = await written('a.parquet', rows, 'b.parquet');
    const before = await objects(folder.at('a.parquet'));
    expect(await objects(path)).toEqual(rows.map((row) => before[row]));
    expect(await keysOf(path, ['id'])).toEqual(rows.map((row) => String(2n ** 62n + BigInt(row))));
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
    const original = await parquetMetadataAsync(await asyncBufferFromFile(folder.at('a.parquet')));
    expect(metadata.schema).toEqual(original.schema);
    expect(metadata.key_value_metadata).toEqual([{ key: 'a', value: 'b' }]);
  });

  it('may be none', async () => {
    const metadata = await parquetMetadataAsync(
      await asyncBufferFromFile(await written('a.parquet', [], 'none.parquet')),
    );
    expect(metadata.num_rows).toBe(0n);
    expect(metadata.schema).toHaveLength(schema.length);
  });

  it('become texts in CSV', async () => {
    const plain = columnData.slice(0, 6);
    const flat = [{ ...schema[0]!, num_children: 6 }, ...schema.slice(1, 7)];
    await writeFile(
      folder.at('f.parquet'),
      new Uint8Array(parquetWriteBuffer({ columnData: plain, schema: flat })),
    );
    const path = await written('f.parquet', [2, 0], 'f.csv');
    expect(parse(await readFile(path, 'utf8'))).toEqual([
      ['id', 'price', 'at', 'name', 'flag', 'ratio'],
      [
        '4611686018427387906',
        '1000000000000000000000000000.002',
        '2023-11-14T22:13:20.000000003',
        'name "2",\n',
        'true',
        String(2 / 7),
      ],
      ['4611686018427387904', '', '', '', '', '0'],
    ]);
    await expect(written('a.parquet', [0], 'f.csv')).rejects.toThrow(
      "column 'tags' cannot be written to CSV",
    );
  });
});

describe('rows that cannot be written', () => {
  it('leave nothing behind, and say why', async () => {
    await writeFile(folder.at('a.csv'), 'id\nx\ny\n');
    await writeFile(folder.at('a.txt'), 'x\ny\n');
    const before = await readdir(dirname(folder.at('a.csv')));
    await expect(written('a.csv', [0, 2], 'z.csv')).rejects.toThrow('has 1 of 2 wanted rows');
    await expect(written('a.csv', [0], 'z.txt')).rejects.toThrow('a list of keys stays a list');
    await expect(written('a.txt', [0], 'z.csv')).rejects.toThrow('a list of keys stays a list');
    await expect(written('a.csv', [0], 'a.csv')).rejects.toThrow('would take the place of');
    await expect(written('a.csv', [0], 'z.xml')).rejects.toThrow('no file of a known kind');
    await expect(written('a.csv', [0], 'a.txt/z.csv')).rejects.toThrow('cannot write');
    expect(await readdir(dirname(folder.at('a.csv')))).toEqual(before);
  });
});
