/** Tables in CSV. Cells are taken as they stand, spaces included; of quoted cells what is inside the quotes. */
import { parse } from 'csv-parse/sync';
import { badArgument } from '../bad-argument.js';
import { blocks } from './block.js';
import { type CsvBlock, CsvScanner, quote } from './csv-scan.js';
import { type KeyBatch, KeyPacker } from './key-batch.js';
import { columnPlaces, type KeyFile, missingKey, unreadable } from './key-file.js';
import { requireText } from './list.js';
import type { ColumnPiece } from './write-parquet.js';

/** What the first line of a CSV file says. */
export interface CsvHeader {
  /** Of columns; without a header their numbers. */
  readonly names: readonly string[];
  /** The header as it stands; undefined without one. */
  readonly line: Uint8Array | undefined;
}

const isNumber = (cell: string): boolean => cell.trim() !== '' && Number.isFinite(Number(cell));

/** The first line is a header unless all of it is numbers. Throws `bad-argument` for an empty file. */
export const readCsvHeader = async (file: string): Promise<CsvHeader> => {
  const scanner = new CsvScanner(file, undefined, []);
  for await (const { bytes, count, starts, ends } of blocks(file, (all, last) =>
    scanner.scan(all, last, 1),
  )) {
    if (count === 0) continue;
    const line = bytes.slice(starts[0], ends[0]);
    requireText(file, line);
    const names = headerCells(file, line);
    const headed = !names.every(isNumber);
    return { names: headed ? names : names.map((_, i) => String(i + 1)), line: headed ? line : undefined };
  }
  throw badArgument(`${file} is empty`, 'give a CSV file with a header');
};

const headerCells = (file: string, line: Uint8Array): string[] => {
  try {
    return parse(Buffer.from(line))[0] ?? [];
  } catch (error) {
    throw unreadable(file, error, 'give a CSV file with a header');
  }
};

/** Rows of a CSV file below its header, with the cells of some columns. */
export async function* csvRecords(
  file: string,
  { names, line }: CsvHeader,
  wanted: readonly number[] = [],
): AsyncGenerator<CsvBlock> {
  let above = line !== undefined;
  const scanner = new CsvScanner(file, names.length, wanted, above);
  for await (const block of blocks(file, (bytes, last) => scanner.scan(bytes, last))) {
    if (block.count === 0) continue;
    requireText(file, block.bytes.subarray(0, block.ends[block.count - 1]));
    yield above ? withoutFirst(block, wanted.length) : block;
    above = false;
  }
}

const withoutFirst = ({ bytes, count, starts, ends, cells }: CsvBlock, width: number): CsvBlock => ({
  bytes,
  count: count - 1,
  starts: starts.subarray(1),
  ends: ends.subarray(1),
  cells: cells.subarray(2 * width),
});

/** Keys of a CSV file. Throws `bad-argument` for columns that are not there and cells that are empty. */
export async function* csvKeys(source: KeyFile): AsyncGenerator<KeyBatch> {
  const header = await readCsvHeader(source.file);
  const places = columnPlaces(source, header.names);
  let row = 0;
  for await (const block of csvRecords(source.file, header, places)) {
    const empty = emptyCell(block, places.length);
    if (empty !== undefined)
      throw missingKey(source.file, row + empty.row, header.names[places[empty.column]!]);
    yield places.length === 1 ? packed(block) : tuples(block, places.length);
    row += block.count;
  }
}

/** The first cell with nothing in it, quoted or not. */
const emptyCell = (
  { bytes, count, cells }: CsvBlock,
  width: number,
): { readonly row: number; readonly column: number } | undefined => {
  for (let i = 0; i < count * width; i++) {
    const length = cells[2 * i + 1]! - cells[2 * i]!;
    if (length === 0 || (length === 2 && bytes[cells[2 * i]!] === quote))
      return { row: Math.floor(i / width), column: i % width };
  }
  return undefined;
};

const packed = ({ bytes, count, cells }: CsvBlock): KeyBatch => {
  const packer = new KeyPacker(2 ** 16, count);
  for (let k = 0; k < count; k++) {
    const [from, to] = [cells[2 * k]!, cells[2 * k + 1]!];
    if (bytes[from] === quote) packer.addQuoted(bytes, from + 1, to - 1);
    else packer.add(bytes, from, to);
  }
  return packer.keys();
};

/** Cells of a block as texts, row by row. */
const tuples = (block: CsvBlock, width: number): string[][] => {
  const bytes = bufferOf(block);
  return Array.from({ length: block.count }, (_, k) =>
    Array.from({ length: width }, (_, j) => cellText(bytes, block.cells, k * width + j)),
  );
};

/** Wanted cell i of a block, counted row by row. */
const cellText = (bytes: Buffer, cells: Uint32Array, i: number): string => {
  const [from, to] = [cells[2 * i]!, cells[2 * i + 1]!];
  if (bytes[from] !== quote) return bytes.toString('utf8', from, to);
  return bytes.toString('utf8', from + 1, to - 1).replaceAll('""', '"');
};

/** All cells as bytes of text, column by column. */
export async function* csvColumns(file: string, header: CsvHeader): AsyncGenerator<ColumnPiece> {
  const width = header.names.length;
  let row = 0;
  for await (const block of csvRecords(file, header, [...header.names.keys()])) {
    const bytes = bufferOf(block);
    for (let column = 0; column < width; column++) {
      const values = Array.from({ length: block.count }, (_, k) =>
        Buffer.from(cellText(bytes, block.cells, k * width + column)),
      );
      yield { column, row, values };
    }
    row += block.count;
  }
}

const bufferOf = ({ bytes }: CsvBlock): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
