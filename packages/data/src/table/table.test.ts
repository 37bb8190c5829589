import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { inPieces } from '../fixture/pieces.js';
import type { Source } from '../storage/storage.js';
import { type OpenTableOptions, openTable } from './open-table.js';
import { parseSchema } from './schema.js';
import { batchRows } from './table.js';

const rowsOf = async (source: Source, options?: OpenTableOptions): Promise<number[][]> => {
  const table = await openTable(source, options);
  const width = table.columns.length;
  const rows: number[][] = [];
  for await (const batch of table.batches()) {
    expect(batch.length % width).toBe(0);
    expect(batch.length).toBeLessThanOrEqual(batchRows(width) * width);
    for (let at = 0; at < batch.length; at += width) rows.push([...batch.subarray(at, at + width)]);
  }
  return rows;
};

/** Whole numbers below a bound, from a fixed seed. */
const random = (seed: number) => {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const heating = parseSchema({
  columns: [
    { name: 'rooms', type: 'number' },
    { name: 'heating', type: 'category', values: ['gas', 'oil, or "wood"'] },
  ],
});

describe('CSV', () => {
  it('is read as numbers, whatever the line ends and quotes', async () => {
    const text = '\ufeff"a","b ""x""",c\r\n1,-2.5,"3"\r\n\r\n+4,5e2,.25\n6,7.,  8  ';
    const table = await openTable(inPieces('t.csv', text));
    expect(table.columns).toEqual(['a', 'b "x"', 'c']);
    expect(await rowsOf(inPieces('t.csv', text))).toEqual([
      [1, -2.5, 3],
      [4, 500, 0.25],
      [6, 7, 8],
    ]);
  });

  it('has no header when the first line is all numbers', async () => {
    expect(await rowsOf(inPieces('t.csv', '1,2\n3,4'), { columns: ['2', '1'] })).toEqual([
      [2, 1],
      [4, 3],
    ]);
  });

  it('is the same in pieces of any length', async () => {
    const text = `a,b,c\r\n${Array.from({ length: 40 }, (_, i) => `${i},"${i / 7}",-${i}.5`).join('\r\n')}\r\n`;
    const whole = await rowsOf(inPieces('t.csv', text));
    expect(whole).toHaveLength(40);
    for (let length = 1; length < 9; length++)
      expect(await rowsOf(inPieces('t.csv', text, length))).toEqual(whole);
  });

  it('reads each number as JavaScript does', async () => {
    const next = random(5);
    const digits = (n: number) => Array.from({ length: n }, () => next(10)).join('');
    const texts = Array.from({ length: 50_000 }, () => {
      const sign = ['', '-', '+'][next(3)]!;
      const whole = digits(1 + next(12));
      const fraction = next(2) ? `.${digits(next(20))}` : '';
      return sign + whole + fraction + (next(8) === 0 ? `e${next(2) ? '-' : ''}${next(2)}` : '');
    });
    const found = await rowsOf(inPieces('t.csv', `x\n${texts.join('\n')}`, 777));
    expect(found.map(([x]) => x)).toEqual(texts.map(Number));
  });

  it('makes a column of 0 and 1 for each value of a category', async () => {
    const text = 'heating,rooms\n"oil, or ""wood""",3\ngas,4\n';
    const table = await openTable(inPieces('t.csv', text), { schema: heating });
    expect(table.columns).toEqual(['rooms', 'heating=gas', 'heating=oil, or "wood"']);
    expect(await rowsOf(inPieces('t.csv', text, 3), { schema: heating })).toEqual([
      [3, 0, 1],
      [4, 1, 0],
    ]);
  });

  it('has rows of any width, and memory for few at a time where they are wide', async () => {
    expect([1, 256, 2 ** 16, 2 ** 21].map(batchRows)).toEqual([2 ** 12, 2 ** 12, 16, 1]);
    const width = 5000;
    const count = batchRows(width) + 3;
    const rows = Array.from({ length: count }, (_, i) => Array.from({ length: width }, (_, j) => i + j / 4));
    const csv = rows.map((row) => row.join()).join('\n');
    expect(await rowsOf(inPieces('t.csv', csv, 1 << 16))).toEqual(rows);
  });

  it('has numbers and categories in one row, quoted or not, over many batches', async () => {
    const count = 2 * batchRows(3) + 77;
    const text = (i: number) => ['gas', '"oil, or ""wood"""', '"gas"'][i % 3]!;
    const lines = Array.from({ length: count }, (_, i) => `${text(i)},${i / 4},ignored "text" here`);
    const csv = `heating,rooms,note\n${lines.join('\n')}\n`;
    const wanted = Array.from({ length: count }, (_, i) => [i / 4, i % 3 === 1 ? 0 : 1, i % 3 === 1 ? 1 : 0]);
    for (const length of [7, 1000, 1 << 20])
      expect(await rowsOf(inPieces('t.csv', csv, length), { schema: heating })).toEqual(wanted);
    const odd = `heating,rooms\n${'gas,1\n'.repeat(5000)}coal,1\ngas,2\n`;
    await expect(rowsOf(inPieces('t.csv', odd), { schema: heating })).rejects.toThrow(
      /row 5001, column 'heating'/,
    );
  });

  it.each([
    ['a,b\n1,2\n3,\n', /t\.csv: row 2, column 'b' is missing/],
    ['a,b\n1,NA\n', /row 1, column 'b' is missing/],
    ['a,b\n1,secret\n', /row 1, column 'b' is not a number/],
    ['a,b\n1,1e999\n', /row 1, column 'b' is 2\^47 or more/],
    ['a,b\n1,140737488355328\n', /row 1, column 'b' is 2\^47 or more/],
    ['a,b\n1,2\n3\n', /row 2 has fewer cells/],
    ['a,b\n1,2,3\n', /row 1 has more cells/],
    ['a,b\n"1"2,3\n', /row 1 goes on behind a closing quote/],
    ['', /is empty/],
  ])('is refused with row and column: %j', async (text, message) => {
    const error = await rowsOf(inPieces('t.csv', text)).catch((e: Error) => e);
    expect(error).toMatchObject({ code: 'bad-argument', message: expect.stringMatching(message) });
    expect(String(error)).not.toMatch('secret');
  });

  it('is refused for a value that its category does not have', async () => {
    const reading = rowsOf(inPieces('t.csv', 'rooms,heating\n1,gas\n2,coal'), { schema: heating });
    await expect(reading).rejects.toThrow(/row 2, column 'heating' is none of the values/);
  });

  it('is scaled as the schema says', async () => {
    const schema = parseSchema({ columns: [{ name: 'a', type: 'number', scale: 0.001 }] });
    expect(await rowsOf(inPieces('t.csv', 'a\n1500\n-2\n'), { schema })).toEqual([[1.5], [-0.002]]);
    const wide = parseSchema({ columns: [{ name: 'a', type: 'number', scale: 2 ** -10 }] });
    expect(await rowsOf(inPieces('t.csv', `a\n${2 ** 50}`), { schema: wide })).toEqual([[2 ** 40]]);
    expect(() => parseSchema({ columns: [{ name: 'a', type: 'number', scale: 0 }] })).toThrow(/not valid/);
  });

  it('is refused for a column that is not there', async () => {
    await expect(openTable(inPieces('t.csv', 'a,b\n1,2'), { columns: ['z'] })).rejects.toThrow(
      /no column 'z'.*a, b/,
    );
    await expect(openTable(inPieces('t.csv', 'a,b\n1,2'), { schema: heating })).rejects.toThrow(
      /no column 'rooms'/,
    );
  });
});

/** A file as numpy.save writes it. */
const npy = (descr: string, shape: readonly number[], data: Uint8Array, fortran = 'False'): Uint8Array => {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(header.length, 8);
  return Buffer.concat([head, Buffer.from(header, 'latin1'), data]);
};

describe('NPY', () => {
  const values = [1, -2, 3, 4, 5, -6];
  const big = Buffer.alloc(24);
  for (const [i, value] of values.entries()) big.writeFloatBE(value, 4 * i);
  it.each([
    ['<f8', Buffer.from(Float64Array.from(values).buffer)],
    ['>f4', big],
    ['<i8', Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer)],
    ['<i2', Buffer.from(Int16Array.from(values).buffer)],
    ['|i1', Buffer.from(Int8Array.from(values).buffer)],
  ])('of %s is read', async (descr, data) => {
    const source = inPieces('t.npy', npy(descr, [3, 2], data));
    expect(await rowsOf(source)).toEqual([
      [1, -2],
      [3, 4],
      [5, -6],
    ]);
    expect(await rowsOf(source, { columns: ['c1'] })).toEqual([[-2], [4], [-6]]);
  });

  it('of one axis is a column', async () => {
    expect(
      await rowsOf(inPieces('t.npy', npy('<f8', [2], Buffer.from(Float64Array.of(7, 8).buffer)))),
    ).toEqual([[7], [8]]);
  });

  const data = Buffer.from(Float64Array.from(values).buffer);
  it.each([
    ['of another order', npy('<f8', [3, 2], data, 'True'), /Fortran/],
    ['of objects', npy('|O', [3, 2], data), /no numbers/],
    ['of three axes', npy('<f8', [3, 2, 1], data), /axes/],
    ['cut off', npy('<f8', [3, 2], data).subarray(0, -1), /size/],
    ['of something else', Buffer.from('something else, and long enough'), /does not begin/],
  ])('%s is refused', async (_, bytes, message) => {
    await expect(openTable(inPieces('t.npy', bytes))).rejects.toThrow(message);
  });

  it('with a missing value is refused with row and column', async () => {
    const bytes = npy('<f8', [2, 1], Buffer.from(Float64Array.of(1, Number.NaN).buffer));
    await expect(rowsOf(inPieces('t.npy', bytes))).rejects.toThrow(/row 2, column 'c0' is missing/);
  });
});

describe('JSON lines', () => {
  it('are read, in pieces of any length', async () => {
    const text = '{"rooms": 1, "heating": "gas"}\n\n{"heating": "gas", "rooms": 2.5}';
    for (const length of [1, 2, 1000])
      expect(await rowsOf(inPieces('t.jsonl', text, length), { schema: heating })).toEqual([
        [1, 1, 0],
        [2.5, 1, 0],
      ]);
  });

  it.each([
    ['{"a": 1}\n{"a": null}', /row 2, column 'a' is missing/],
    ['{"a": 1}\n{}', /row 2, column 'a' is missing/],
    ['{"a": 1}\n{"a": 1, "b": 2}', /row 2, column 'b' is not in the first row/],
    ['{"a": 1}\n{"a": "1"}', /row 2, column 'a' is not a number/],
    ['{"a": 1}\nnonsense', /row 2 is no JSON object/],
    ['', /is empty/],
  ])('are refused with row and column: %j', async (text, message) => {
    await expect(rowsOf(inPieces('t.jsonl', text))).rejects.toThrow(message);
  });
});

describe('Parquet', () => {
  const file = (columnData: Parameters<typeof parquetWriteBuffer>[0]['columnData']) =>
    inPieces('t.parquet', new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 3000 })));

  it('is read over its groups of rows', async () => {
    const count = 20_000;
    const source = file([
      { name: 'x', data: Array.from({ length: count }, (_, i) => i / 4), type: 'DOUBLE' },
      { name: 'n', data: Array.from({ length: count }, (_, i) => BigInt(i)), type: 'INT64' },
    ]);
    const rows = await rowsOf(source, { columns: ['n', 'x'] });
    expect(rows).toHaveLength(count);
    expect(rows.every(([n, x], i) => n === i && x === i / 4)).toBe(true);
  });

  it('is refused with row and column for a value that is missing', async () => {
    const source = file([{ name: 'x', data: [1, null, 3], type: 'DOUBLE', nullable: true }]);
    await expect(rowsOf(source)).rejects.toThrow(/row 2, column 'x' is missing/);
  });

  it('is refused when it is none', async () => {
    await expect(openTable(inPieces('t.parquet', 'no parquet at all'))).rejects.toMatchObject({
      code: 'bad-argument',
    });
  });
});

describe('a table', () => {
  it('needs a known format', () => {
    expect(() => openTable(inPieces('t.xls', ''))).toThrow(/no known format/);
  });
});
