import type { Scheme } from '@triad/protocol';
import { Tensor } from '@triad/ring';
import { fractionBits } from '../lower/instruction.js';
import { misuse } from '../misuse.js';
import { type BoundShape, checkShape, countElements } from '../shape.js';
import { checksumState, withChecksum } from './checksum.js';
import { malformed, misfit } from './fault.js';
import { damaged } from './plain-model.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from './safetensors.js';
import { formatIdentity, identityOf, parseIdentity, type ShareIdentity } from './share-identity.js';

/** One party's share of a model: what its `.safetensors` file says. */
export interface ModelShare {
  readonly identity: ShareIdentity;
  /** Words of every parameter: [parts, ...shape]. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** The tensors a party holds of each parameter. */
export type PartsByName = ReadonlyMap<string, readonly Tensor[]>;

/** The `.safetensors` file of one party's share, with a checksum. Words are stored as I64, [parts, ...shape]. */
export const encodeShare = (identity: ShareIdentity, parameters: PartsByName): Uint8Array =>
  encodeStored(identity, new Map([...parameters].map(([name, parts]) => [name, join(parts)])));

const encodeStored = (identity: ShareIdentity, tensors: ReadonlyMap<string, StoredTensor>): Uint8Array =>
  encodeSafetensors(withChecksum({ metadata: formatIdentity(identity), tensors }));

/** Words of a value's parts, one after the other. */
export interface StoredParts {
  readonly shape: BoundShape;
  readonly words: Uint8Array;
}

/**
 * One party's `.safetensors` file of values that a job revealed to somebody who was not there: what `Deposit` has, by name. `decryptModel` puts
 * the values together from the files of as many parties as it takes. `id` has 32 hexadecimal digits, alike at all parties.
 */
export const encodeDeposits = <S>(
  scheme: Scheme<S>,
  { party, id }: { readonly party: number; readonly id: string },
  values: ReadonlyMap<string, StoredParts>,
): Uint8Array => {
  const { count } = partsOf(scheme);
  const tensors = [...values].map(([name, { shape, words }]): [string, StoredTensor] => [
    name,
    { type: 'I64', shape: [count, ...shape], bytes: words },
  ]);
  return encodeStored(identityOf(scheme, { party, model: id, fractionBits, steps: 0 }), new Map(tensors));
};

const join = (parts: readonly Tensor[]): StoredTensor => {
  const { shape, size } = parts[0]!;
  const bytes = new Uint8Array(parts.length * size * 8);
  for (const [k, part] of parts.entries()) bytes.set(part.bytes(), k * size * 8);
  return { type: 'I64', shape: [parts.length, ...shape], bytes };
};

/**
 * Reads one party's share of a model. Throws `bad-argument` for what is no such file, `mismatch` for a wrong checksum,
 * a model in the open, and shares of another scheme.
 */
export const decodeShare = <S>(file: Uint8Array, scheme: Scheme<S>): ModelShare => {
  const content = decodeSafetensors(file);
  const state = checksumState(content);
  if (state === 'bad') throw damaged();
  const identity = parseIdentity(content.metadata);
  if (state === 'absent') throw malformed('it has no checksum');
  checkScheme(identity, scheme);
  for (const [name, tensor] of content.tensors) checkTensor(name, tensor, partsOf(scheme).count);
  return { identity, tensors: content.tensors };
};

const checkScheme = <S>({ scheme, parties }: ShareIdentity, wanted: Scheme<S>): void => {
  if (scheme === wanted.name && parties === wanted.parties) return;
  throw misfit(
    `the model is shared by ${scheme} among ${parties}, not by ${wanted.name} among ${wanted.parties}`,
    'use the scheme that it was encrypted with',
  );
};

const checkTensor = (name: string, { type, shape }: StoredTensor, count: number): void => {
  if (type !== 'I64' || shape[0] !== count || shape.slice(1).includes(0))
    throw malformed(`'${name}' does not consist of ${count} tensors of words`);
};

/** How a scheme's shares are kept. Throws when they cannot be. */
export const partsOf = <S>({ name, parts }: Scheme<S>) => {
  if (parts !== undefined) return parts;
  throw misuse(`shares of '${name}' cannot be kept in files`, 'give the scheme `parts`');
};

/** A parameter's shape, without the axis of parts. */
export const shapeOf = ({ shape }: StoredTensor): BoundShape => shape.slice(1);

/** Copies of the parts, the caller's to dispose. */
export const partsIn = (tensor: StoredTensor): readonly Tensor[] => {
  const shape = shapeOf(tensor);
  const length = countElements(shape) * 8;
  return Array.from({ length: tensor.shape[0]! }, (_, k) =>
    Tensor.fromBytes(shape, tensor.bytes.subarray(k * length, (k + 1) * length)),
  );
};

export const disposeParts = (parts: readonly Tensor[]): void => {
  for (const part of parts) part.dispose();
};

/** A parameter's name and shape as they may be in a model. */
export const checkParameter = (name: string, shape: BoundShape): void => {
  checkShape(shape, `'${name}'`);
  if (name === '') throw misuse('a parameter has no name', 'name it');
};
