import { locationIn, writeStored } from '@triad/data';
import { encodeModel, type NdArray, type Weights } from '@triad/layers';
import { badArgument } from './bad-argument.js';

export const resultFormats = ['csv', 'npy', 'json', 'safetensors'] as const;
export type ResultFormat = (typeof resultFormats)[number];

const ownerOnly = { mode: 0o600 } as const;

/** Writes values into a folder, of this machine or by its URL: a file for each, or all into one `result.safetensors`. Returns the files. */
export const writeResults = async (
  values: Weights,
  folder: string,
  format: ResultFormat,
): Promise<string[]> => {
  if (format === 'safetensors') {
    const file = locationIn(folder, 'result.safetensors');
    await writeStored(file, encodeModel(values), ownerOnly);
    return [file];
  }
  const files = Object.keys(values).map((name) => locationIn(folder, `${fileNameOf(name)}.${format}`));
  checkDistinct(files);
  for (const [i, value] of Object.values(values).entries())
    await writeStored(files[i]!, encoders[format](value), ownerOnly);
  return files;
};

/** The name, with whatever file systems or URLs might take otherwise as its bytes, `=2F` for a slash. */
const fileNameOf = (name: string): string =>
  name.replace(/[^A-Za-z0-9._-]/gu, (letter) =>
    [...Buffer.from(letter)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );

/** Throws `bad-argument` for names that some file systems take for one. */
const checkDistinct = (files: readonly string[]): void => {
  const known = new Map<string, string>();
  for (const file of files) {
    const other = known.get(file.toLowerCase());
    if (other !== undefined)
      throw badArgument(`${other} and ${file} may be one file`, 'use --format safetensors');
    known.set(file.toLowerCase(), file);
  }
};

/** Rows along the first axis; further axes lie beside each other. */
const toCsv = ({ shape, data }: NdArray): string => {
  const rows = shape.length === 0 ? 1 : shape[0]!;
  const width = data.length / rows;
  const lines = Array.from({ length: rows }, (_, row) =>
    data.subarray(row * width, (row + 1) * width).join(),
  );
  return `${lines.join('\n')}\n`;
};

/** NumPy's format, version 1, of float64. */
const toNpy = ({ shape, data }: NdArray): Uint8Array => {
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${axes}), }`;
  const header = Buffer.from(
    `\x93NUMPY\x01\x00\x00\x00${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`,
    'latin1',
  );
  header.writeUInt16LE(header.length - 10, 8);
  const values = Buffer.alloc(8 * data.length);
  for (const [i, value] of data.entries()) values.writeDoubleLE(value, 8 * i);
  return Buffer.concat([header, values]);
};

const encoders: Readonly<
  Record<Exclude<ResultFormat, 'safetensors'>, (value: NdArray) => string | Uint8Array>
> = {
  csv: toCsv,
  npy: toNpy,
  json: (value) => `${JSON.stringify(nested(value.shape, value.data))}\n`,
};

const nested = (shape: readonly number[], data: Float64Array): unknown => {
  const [length, ...rest] = shape;
  if (length === undefined) return data[0];
  const size = data.length / length;
  return Array.from({ length }, (_, i) => nested(rest, data.subarray(i * size, (i + 1) * size)));
};
