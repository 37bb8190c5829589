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
 * error that names the parties; with all files, a party that contradicts every other is the error's `party`. So is the party whose file
 * is none, or another party's, where `senders` says by rank who gave which. Throws `bad-argument` for files that are none and for too few
 * of them, `mismatch` for those that do not go together.
 */
export const decryptModel = <S>(
  files: readonly Uint8Array[],
  scheme: Scheme<S>,
  senders: readonly number[] = [],
): Weights => {
  const shares = files.map((file, i) => shareFrom(file, scheme, senders[i]));
  const [first] = shares;
  if (first === undefined) throw misuse('there is no share to decrypt', 'give the files of the parties');
  checkTogether(shares);
  const byParty = Array.from({ length: scheme.parties }, (_, party) => shareOf(shares, party));
  return Object.fromEntries([...first.tensors.keys()].map((name) => [name, combine(name, byParty, scheme)]));
};

const shareOf = (shares: readonly ModelShare[], party: number): ModelShare | undefined => {
  const [share, twice] = shares.filter(({ identity }) => identity.party === party);
  if (twice === undefined) return share;
  throw misfit(`party ${party}'s share is there twice`, 'give the file of each party once');
};

const shareFrom = <S>(file: Uint8Array, scheme: Scheme<S>, sender: number | undefined): ModelShare => {
  if (sender === undefined) return decodeShare(file, scheme);
  try {
    const share = decodeShare(file, scheme);
    const { party } = share.identity;
    if (party === sender) return share;
    throw misfit(`party ${sender} gives party ${party}'s share for its own`, 'leave it out');
  } catch (error) {
    if (!(error instanceof TriadError)) throw error;
    throw new TriadError(error.code, `the share of party ${sender}: ${error.message}`, {
      party: sender,
      cause: error,
    });
  }
};

/** Throws `mismatch` unless all are of one model; where one alone differs from several that agree, that is the error's party. */
const checkTogether = (shares: readonly ModelShare[]): void => {
  const differences = shares.flatMap((a, i) =>
    shares.slice(i + 1).flatMap((b) => {
      const what = difference(a, b);
      return what === undefined ? [] : [{ between: [a, b], what }];
    }),
  );
  const [first] = differences;
  if (first === undefined) return;
  const remedy = 'give the files that were written together';
  const odd = shares.find((share) => differences.every(({ between }) => between.includes(share)));
  if (odd === undefined || shares.length < 3) throw misfit(first.what, remedy);
  const { party } = odd.identity;
  throw new TriadError('mismatch', first.what, { party, remedy: `leave the share of party ${party} out` });
};

/** Undefined for shares of one model. */
const difference = (first: ModelShare, other: ModelShare): string | undefined => {
  const [a, b] = [first.identity, other.identity];
  if (a.model !== b.model || a.steps !== b.steps || a.fractionBits !== b.fractionBits)
    return `the shares of parties ${a.party} and ${b.party} are of two models, ${a.model} and ${b.model}`;
  const same = first.tensors.size === other.tensors.size;
  const differs = [...first.tensors].find(([name, { shape }]) => {
    const twin = other.tensors.get(name);
    return twin === undefined || !sameShape(twin.shape, shape);
  });
  if (differs === undefined && same) return undefined;
  const what = differs === undefined ? 'parameters' : `'${differs[0]}' ${formatShape(shapeOf(differs[1]))}`;
  return `parties ${a.party} and ${b.party} do not have the same ${what}`;
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
