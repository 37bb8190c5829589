import type { BoundShape } from '../shape.js';
import { type ElementType, elementBytes, formatHeader, parseHeader } from './safetensors-header.js';

/**
 * The safetensors format: the header's length as 8 little-endian bytes, a JSON header of names, element types, shapes
 * and places, then the tensors' bytes without holes, row-major and little-endian. Decoding copies no tensor and
 * allocates for the header alone, after its length is known to be there.
 */

/** A tensor as it lies in a file. */
export interface StoredTensor {
  readonly type: ElementType;
  readonly shape: BoundShape;
  /** Row-major, little-endian. */
  readonly bytes: Uint8Array;
}

export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Widest elements first, so that every tensor is aligned, then by name: the same bytes for the same content. */
export const encodeSafetensors = ({ metadata, tensors }: Safetensors): Uint8Array => {
  const ordered = [...tensors].sort(
    ([nameA, a], [nameB, b]) => elementBytes[b.type] - elementBytes[a.type] || (nameA < nameB ? -1 : 1),
  );
  const header = formatHeader(
    metadata,
    ordered.map(([name, { type, shape }]) => ({ name, type, shape })),
  );
  const length = ordered.reduce((n, [, { bytes }]) => n + bytes.length, header.length);
  const out = new Uint8Array(length);
  out.set(header);
  let at = header.length;
  for (const [, { bytes }] of ordered) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
};

/** Throws `bad-argument` for anything that is not a whole file of this format. */
export const decodeSafetensors = ({ buffer, byteOffset, byteLength }: Uint8Array): Safetensors => {
  const file = new Uint8Array(buffer, byteOffset, byteLength);
  const { metadata, entries, dataStart } = parseHeader(file);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, type, shape, start, end } of entries)
    tensors.set(name, { type, shape, bytes: file.subarray(dataStart + start, dataStart + end) });
  return { metadata, tensors };
};
