/** Programs that somebody else sent. */
import { TriadError } from '@triad/protocol';
import { programFormat } from './canonical.js';
import { misuse } from './misuse.js';
import { areAttributes, isKindName, isRecord } from './node/attribute-form.js';
import type { Attributes, Kind } from './node/node.js';

/** A node as it is written: shape and visibility are left to its rule. */
export interface WrittenNode<K extends Kind = Kind> {
  readonly kind: K;
  readonly inputs: readonly number[];
  readonly attributes: Attributes[K];
}

const maxBytes = 2 ** 24;
const maxNodes = 2 ** 18;
const maxInputs = 2 ** 10;
const fields = ['attributes', 'inputs', 'kind', 'shape', 'visibility'];

/** The nodes of a program's bytes, in their form; inputs name earlier ones. Throws `bad-argument`, and `limit` above 16 MB or 2^18 nodes. */
export const readNodes = (bytes: Uint8Array): readonly WrittenNode[] => {
  if (bytes.length > maxBytes) throw tooLarge(`${bytes.length} bytes`, `${maxBytes}`);
  const value = parseJson(bytes);
  if (!Array.isArray(value) || value.length !== 2 || value[0] !== programFormat || !Array.isArray(value[1]))
    throw malformed('it is none, or of another version');
  const nodes: readonly unknown[] = value[1];
  if (nodes.length > maxNodes) throw tooLarge(`${nodes.length} nodes`, `${maxNodes}`);
  return nodes.map(readNode);
};

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw malformed('it is no JSON');
  }
};

const readNode = (value: unknown, id: number): WrittenNode => {
  if (!isRecord(value) || Object.keys(value).sort().join() !== fields.join())
    throw malformed(`node ${id} has other fields than ${fields.join(', ')}`);
  const { kind, inputs, attributes } = value;
  if (!isKindName(kind)) throw malformed(`node ${id} is of no known kind`);
  if (!isInputs(inputs, id)) throw malformed(`node ${id} has inputs that are no earlier nodes`);
  if (!areAttributes(kind, attributes))
    throw malformed(`node ${id} has attributes that are not those of '${kind}'`);
  return { kind, inputs, attributes };
};

const isInputs = (value: unknown, id: number): value is readonly number[] =>
  Array.isArray(value) &&
  value.length <= maxInputs &&
  value.every((input) => Number.isInteger(input) && input >= 0 && input < id);

export const malformed = (why: string): TriadError =>
  misuse(`the program cannot be read: ${why}`, 'send what `Program.bytes()` of this version gives');

const tooLarge = (found: string, most: string): TriadError =>
  new TriadError('limit', `the program has ${found}; the most is ${most}`, { remedy: 'split it' });
