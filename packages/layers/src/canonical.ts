import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Node } from './node/node.js';

/** The version of a program's bytes. */
export const programFormat = 'triad/program/1';

/**
 * A program's bytes: UTF-8 JSON of [format, nodes], keys sorted, numbers in their shortest form, no spaces. Positions
 * are implied by order; shapes and visibility follow from the rest, and are in it so that another rule is another
 * program.
 */
export const canonicalBytes = (nodes: readonly Node[]): Uint8Array => {
  const rows = nodes.map(({ kind, inputs, attributes, shape, visibility }) => ({
    attributes,
    inputs,
    kind,
    shape,
    visibility,
  }));
  return canonicalJson([programFormat, rows]);
};

/** The same bytes for the same value: UTF-8 JSON with sorted keys, numbers in their shortest form, no spaces. */
export const canonicalJson = (value: unknown): Uint8Array => utf8ToBytes(JSON.stringify(value, sortKeys));

export const hashBytes = (bytes: Uint8Array): string => bytesToHex(sha256(bytes));

const sortKeys = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
};
