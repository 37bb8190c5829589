import type { Scheme } from '@triad/protocol';
import { decode, Tensor } from '@triad/ring';
import { fractionBits } from '../lower/instruction.js';
import { NdArray, type Nested } from '../nd-array.js';
import { type BoundShape, countElements, formatShape } from '../shape.js';
import { encodeNamed } from './encryption.js';
import { malformed } from './fault.js';
import { disposeParts, partsOf } from './model-share.js';

/**
 * PaddleFL's headerless shares, `name.part0`, `name.part1`, `name.part2`: the words of a party's share as little-endian int64, one
 * part after the other, which its readers take for a leading axis of 2. Shape, scale and owner are not in them, and nothing shows damage:
 * prefer `encryptModel` where there is the choice.
 */

/** One file for each computing party, from fresh randomness. */
export const encryptRaw = <S>(values: NdArray | Nested, scheme: Scheme<S>): Uint8Array[] => {
  const tensor = encodeNamed('values', NdArray.from(values), fractionBits);
  const shares = partsOf(scheme).split(tensor);
  tensor.dispose();
  return shares.map((parts) => {
    const file = new Uint8Array(parts.reduce((n, { size }) => n + 8 * size, 0));
    for (const [k, part] of parts.entries()) file.set(part.bytes(), 8 * k * part.size);
    disposeParts(parts);
    return file;
  });
};

/**
 * The values in the open, from the files of as many parties as it takes, by party; undefined stands for a missing one. Throws
 * `bad-argument` for too few and for files of another length than the shape needs, `mismatch` when copies differ.
 */
export const decryptRaw = <S>(
  files: readonly (Uint8Array | undefined)[],
  shape: BoundShape,
  scheme: Scheme<S>,
): NdArray => {
  const shares = files.map((file) => file && partsIn(file, shape, partsOf(scheme).count));
  try {
    const value = partsOf(scheme).combine(shares);
    const array = new NdArray(shape, decode(value, fractionBits));
    value.dispose();
    return array;
  } finally {
    for (const parts of shares) if (parts !== undefined) disposeParts(parts);
  }
};

const partsIn = (file: Uint8Array, shape: BoundShape, count: number): Tensor[] => {
  const length = 8 * countElements(shape);
  if (file.length !== count * length)
    throw malformed(`${file.length} bytes are not ${count} parts of shape ${formatShape(shape)}`);
  return Array.from({ length: count }, (_, k) =>
    Tensor.fromBytes(shape, file.subarray(k * length, (k + 1) * length)),
  );
};
