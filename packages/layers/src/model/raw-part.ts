import type { Scheme } from '@triad/protocol';
import { decode, Tensor } from '@triad/ring';
import { fractionBits } from '../lower/instruction.js';
import { misuse } from '../misuse.js';
import { NdArray, type Nested } from '../nd-array.js';
import { type BoundShape, checkShape, countElements, formatShape } from '../shape.js';
import { encodeNamed } from './encryption.js';
import { malformed } from './fault.js';
import { disposeParts, partsOf } from './model-share.js';

/**
 * PaddleFL's headerless shares, `name.part0`, `name.part1`, `name.part2`: one record after the other, each of shape [parts, ...shape] in
 * little-endian int64 (python/paddle_fl/mpc/data_utils/aby3.py, save_aby3_shares and load_aby3_shares). Shape, scale and owner are not in
 * them, and nothing shows damage: prefer `encryptModel` where there is the choice.
 */

/** One file for each computing party, from fresh randomness. Rows of the values, [records, ...shape], become records. */
export const encryptRaw = <S>(values: NdArray | Nested, scheme: Scheme<S>): Uint8Array[] => {
  const array = NdArray.from(values);
  const [records] = array.shape;
  if (records === undefined) throw misuse('a number has no rows to make records of', 'put it into an array');
  const tensor = encodeNamed('values', array, fractionBits);
  const shares = partsOf(scheme).split(tensor);
  tensor.dispose();
  return shares.map((parts) => {
    const file = interleave(
      parts.map((part) => part.bytes()),
      records,
    );
    disposeParts(parts);
    return file;
  });
};

/**
 * The values in the open, [records, ...shape], from the files of as many parties as it takes, by party; undefined stands for a missing
 * one. Throws `bad-argument` for too few and for files that are not whole records or not equally many, `mismatch` when copies differ.
 */
export const decryptRaw = <S>(
  files: readonly (Uint8Array | undefined)[],
  shape: BoundShape,
  scheme: Scheme<S>,
): NdArray => {
  checkShape(shape, 'a record');
  const { count, combine } = partsOf(scheme);
  const whole = [recordsIn(files, shape, count), ...shape];
  const shares = files.map((file) => file && deinterleave(file, whole, count));
  try {
    const value = combine(shares);
    const array = new NdArray(whole, decode(value, fractionBits));
    value.dispose();
    return array;
  } finally {
    for (const parts of shares) if (parts !== undefined) disposeParts(parts);
  }
};

const recordsIn = (files: readonly (Uint8Array | undefined)[], shape: BoundShape, count: number): number => {
  const lengths = new Set(files.flatMap((file) => (file === undefined ? [] : [file.length])));
  if (lengths.size > 1) throw malformed(`the parts have ${[...lengths].join(', ')} bytes, not equally many`);
  const [length = 0] = lengths;
  const records = length / (count * countElements(shape) * 8);
  if (Number.isInteger(records) && records > 0) return records;
  throw malformed(`${length} bytes are not records of ${count} parts of shape ${formatShape(shape)}`);
};

const interleave = (parts: readonly Uint8Array[], records: number): Uint8Array => {
  const size = parts[0]!.length / records;
  const file = new Uint8Array(parts.length * parts[0]!.length);
  for (let r = 0; r < records; r++) {
    for (const [k, part] of parts.entries())
      file.set(part.subarray(r * size, (r + 1) * size), (r * parts.length + k) * size);
  }
  return file;
};

const deinterleave = (file: Uint8Array, whole: BoundShape, count: number): Tensor[] => {
  const records = whole[0]!;
  const size = file.length / records / count;
  return Array.from({ length: count }, (_, k) => {
    const part = new Uint8Array(records * size);
    for (let r = 0; r < records; r++) {
      const start = (r * count + k) * size;
      part.set(file.subarray(start, start + size), r * size);
    }
    return Tensor.fromBytes(whole, part);
  });
};
