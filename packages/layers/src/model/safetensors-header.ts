import { utf8ToBytes } from '@noble/hashes/utils.js';
import { misuse } from '../misuse.js';
import type { BoundShape } from '../shape.js';
import { malformed } from './fault.js';

/** Bytes per element of the types that models here have. */
export const elementBytes = { F64: 8, I64: 8, F32: 4 } as const;
export type ElementType = keyof typeof elementBytes;

/** The one name in a header that is no tensor's. */
const metadataName = '__metadata__';

/** Headers are read as a whole: longer ones are refused unread. */
const maxHeaderBytes = 2 ** 24;
const maxRank = 32;

/** A tensor's place among the bytes after the header. */
export interface Entry {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: BoundShape;
  readonly start: number;
  readonly end: number;
}

export interface Header {
  readonly metadata: Readonly<Record<string, string>>;
  readonly entries: readonly Entry[];
  /** Where the tensors' bytes begin. */
  readonly dataStart: number;
}

/** A tensor to be written. */
export interface TensorForm {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: BoundShape;
}

/**
 * The header of a file in which these tensors follow in this order: padded with spaces, so that they start at a multiple of 8, and it has
 * `length` bytes at least.
 */
export const formatHeader = (
  metadata: Readonly<Record<string, string>>,
  tensors: readonly TensorForm[],
  length = 0,
): Uint8Array => {
  let at = 0;
  const entries = tensors.map(({ name, type, shape }) => {
    if (name === metadataName) throw misuse(`a tensor cannot be named '${name}'`, 'name it otherwise');
    const start = at;
    at += byteCount(shape, type);
    return [name, { dtype: type, shape, data_offsets: [start, at] }] as const;
  });
  const text = utf8ToBytes(
    JSON.stringify(Object.fromEntries<unknown>([[metadataName, metadata], ...entries])),
  );
  const padded = Math.ceil(Math.max(text.length, length - 8) / 8) * 8;
  if (padded > maxHeaderBytes - 8)
    throw misuse('the model has too many names', 'split it into several files');
  const header = new Uint8Array(8 + padded).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
  header.set(text, 8);
  return header;
};

/** Where the header of a file of `size` bytes ends, from its first 8 bytes. */
export const headerEnd = (start: Uint8Array, size: number): number => {
  if (start.length < 8) throw malformed(`it has ${start.length} bytes`);
  const claimed = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
  if (claimed > BigInt(Math.min(maxHeaderBytes, size - 8)))
    throw malformed(`it claims a header of ${claimed} bytes and has ${size} in all`);
  return 8 + Number(claimed);
};

/** Reads and checks a header against the size of its file; `start` has all of it. */
export const parseHeader = (start: Uint8Array, size = start.length): Header => {
  const dataStart = headerEnd(start, size);
  const { [metadataName]: metadata = {}, ...tensors } = parseObject(start.subarray(8, dataStart));
  const entries = Object.entries(tensors).map(([name, value]) => parseEntry(name, value));
  checkPlaces(entries, size - dataStart);
  return { metadata: parseMetadata(metadata), entries, dataStart };
};

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parseObject = (bytes: Uint8Array): JsonObject => {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw malformed('its header is not JSON');
  }
  if (bytes[0] === 0x7b && isObject(value)) return value;
  throw malformed('its header is no JSON object');
};

const parseMetadata = (value: unknown): Readonly<Record<string, string>> => {
  if (isObject(value) && Object.values(value).every((v) => typeof v === 'string'))
    return value as Readonly<Record<string, string>>;
  throw malformed('its metadata are not all strings');
};

const isSize = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const isSizes = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isSize);

const parseEntry = (name: string, value: unknown): Entry => {
  if (!isObject(value)) throw malformed(`'${name}' is not described`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(elementBytes, dtype))
    throw malformed(`'${name}' has elements of a type other than ${Object.keys(elementBytes).join(', ')}`);
  if (!isSizes(shape) || shape.length > maxRank) throw malformed(`'${name}' has no shape`);
  if (!isSizes(offsets) || offsets.length !== 2) throw malformed(`'${name}' has no place`);
  const [start, end] = offsets as readonly [number, number];
  const type = dtype as ElementType;
  if (end - start !== byteCount(shape, type))
    throw malformed(`'${name}' does not have the bytes its shape needs`);
  return { name, type, shape, start, end };
};

/** Products above 2^53 are inexact, but never below it as offsets are. */
const byteCount = (shape: BoundShape, type: ElementType): number =>
  shape.includes(0) ? 0 : shape.reduce((n, d) => n * d, elementBytes[type]);

/** The tensors fill the bytes one after the other: no holes, no overlaps, nothing behind. */
const checkPlaces = (entries: readonly Entry[], length: number): void => {
  let at = 0;
  for (const { name, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== at) throw malformed(`'${name}' does not begin where the tensor before it ends`);
    at = end;
  }
  if (at !== length) throw malformed(`its tensors have ${at} bytes, the file has ${length} for them`);
};
