import { bytesToHex } from '@noble/hashes/utils.js';
import { type Scheme, TriadError } from '@triad/protocol';
import { decode, encode, RingError, randomBytes, type Tensor } from '@triad/ring';
import { fractionBits } from '../lower/instruction.js';
import { misuse } from '../misuse.js';
import { NdArray, type Nested } from '../nd-array.js';
import { formatShape, sameShape } from '../shape.js';
import { misfit } from './fault.js';
import {
  checkParameter,
  decodeShare,
  disposeParts,
  encodeShare,
  type ModelShare,
  partsIn,
  partsOf,
  shapeOf,
} from './model-share.js';
import type { Weights } from './plain-model.js';
import { identityOf } from './share-identity.js';

/**
 * A model's owner encrypts it: one file for each computing party, of fixed-point shares from fresh randomness. Each party's file is to reach
 * that party alone; how many of them together give the model away is the scheme's claim.
 */
export const encryptModel = <S>(
  weights: Readonly<Record<string, NdArray | Nested>>,
  scheme: Scheme<S>,
): Uint8Array[] => {
  const { split } = partsOf(scheme);
  const model = bytesToHex(randomBytes(16));
  const shares = Array.from({ length: scheme.parties }, () => new Map<string, readonly Tensor[]>());
  try {
    for (const [name, values] of Object.entries(weights)) {
      const tensor = encodeNamed(name, NdArray.from(values), fractionBits);
      for (const [party, parts] of split(tensor).entries()) shares[party]!.set(name, parts);
      tensor.dispose();
    }
    return shares.map((parameters, party) =>
      encodeShare(identityOf(scheme, { party, model, fractionBits, steps: 0 }), parameters),
    );
  } finally {
    for (const parameters of shares) for (const parts of parameters.values()) disposeParts(parts);
  }
};

/** Fixed point, or an error that names the parameter. */
export const encodeNamed = (name: string, { shape, data }: NdArray, bits: number): Tensor => {
  checkParameter(name, shape);
  try {
    return encode(data, shape, bits);
  } catch (error) {
    if (!(error instanceof RingError && error.code === 'range')) throw error;
    throw misuse(`'${name}' does not fit fixed point: ${error.message}`, 'scale the model down');
  }
};

/**
 * The model in the open, from the files of as many parties as it takes, in any order. Copies of the same share that differ are an
 * error that names the parties; with all files, a party that contradicts every other is the error's `party`. Throws
 * `bad-argument` for files that are none and for too few of them, `mismatch` for those that do not go together.
 */
export const decryptModel = <S>(files: readonly Uint8Array[], scheme: Scheme<S>): Weights => {
  const shares = files.map((file) => decodeShare(file, scheme));
  const [first, ...others] = shares;
  if (first === undefined) throw misuse('there is no share to decrypt', 'give the files of the parties');
  for (const other of others) checkTogether(first, other);
  const byParty = Array.from({ length: scheme.parties }, (_, party) => shareOf(shares, party));
  return Object.fromEntries([...first.tensors.keys()].map((name) => [name, combine(name, byParty, scheme)]));
};

const shareOf = (shares: readonly ModelShare[], party: number): ModelShare | undefined => {
  const [share, twice] = shares.filter(({ identity }) => identity.party === party);
  if (twice === undefined) return share;
  throw misfit(`party ${party}'s share is there twice`, 'give the file of each party once');
};

const checkTogether = (first: ModelShare, other: ModelShare): void => {
  const [a, b] = [first.identity, other.identity];
  const remedy = 'give the files that were written together';
  if (a.model !== b.model || a.steps !== b.steps || a.fractionBits !== b.fractionBits)
    throw misfit(
      `the shares of parties ${a.party} and ${b.party} are of two models, ${a.model} and ${b.model}`,
      remedy,
    );
  const same = first.tensors.size === other.tensors.size;
  const differs = [...first.tensors].find(([name, { shape }]) => {
    const twin = other.tensors.get(name);
    return twin === undefined || !sameShape(twin.shape, shape);
  });
  if (differs === undefined && same) return;
  const what = differs === undefined ? 'parameters' : `'${differs[0]}' ${formatShape(shapeOf(differs[1]))}`;
  throw misfit(`parties ${a.party} and ${b.party} do not have the same ${what}`, remedy);
};

const combine = <S>(
  name: string,
  shares: readonly (ModelShare | undefined)[],
  scheme: Scheme<S>,
): NdArray => {
  const parts = shares.map((share) => (share === undefined ? undefined : partsIn(share.tensors.get(name)!)));
  try {
    const value = partsOf(scheme).combine(parts);
    const bits = shares.find((share) => share !== undefined)!.identity.fractionBits;
    const array = new NdArray(value.shape, decode(value, bits));
    value.dispose();
    return array;
  } catch (error) {
    if (!(error instanceof TriadError)) throw error;
    throw new TriadError(error.code, `'${name}' cannot be decrypted: ${error.message}`, {
      ...(error.party !== undefined && { party: error.party }),
      cause: error,
    });
  } finally {
    for (const own of parts) if (own !== undefined) disposeParts(own);
  }
};
