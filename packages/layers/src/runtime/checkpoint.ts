import { bytesToHex } from '@noble/hashes/utils.js';
import type { Op, Protocol, Scheme, Session } from '@triad/protocol';
import { Tensor } from '@triad/ring';
import { fractionBits } from '../lower/instruction.js';
import { misuse } from '../misuse.js';
import { misfit } from '../model/fault.js';
import { decodeShare, disposeParts, encodeShare, partsIn, partsOf, shapeOf } from '../model/model-share.js';
import { identityOf } from '../model/share-identity.js';
import type { Program } from '../program.js';
import { formatShape, sameShape } from '../shape.js';
import type { Checkpoint, LoadedModel } from './engine.js';

/** A computing party's shares by parameter name; consumed by nobody. */
export type SharesByName<S> = ReadonlyMap<string, S>;

/** Who a computing party is. */
export interface Self<S> {
  readonly scheme: Scheme<S>;
  readonly protocol: Protocol<S>;
  readonly session: Session;
}

/** 16 bytes that all computing parties draw alike, and nobody else knows. */
export const drawModelId = ({ common }: Session, op: Op): string => {
  const out = Tensor.empty([2]);
  op.draw(common, out);
  const id = bytesToHex(out.toBytes());
  out.dispose();
  return id;
};

/** This party's file of these shares. */
export const saveShares = <S>(
  { scheme, session }: Self<S>,
  model: string,
  shares: SharesByName<S>,
  { program, steps }: Checkpoint,
): Uint8Array => {
  const parts = partsOf(scheme);
  const tensors = new Map([...shares].map(([name, share]) => [name, parts.of(share)]));
  const identity = { party: session.rank, model, fractionBits, steps, program: program.hash() };
  const file = encodeShare(identityOf(scheme, identity), tensors);
  for (const each of tensors.values()) disposeParts(each);
  return file;
};

/**
 * Reads a party's file for a program. Parameters the program has and the file has not are an error, unless `allowMissing` lets them
 * start as their initializers say.
 */
export const readShares = <S>(
  { scheme, session }: Self<S>,
  program: Program,
  file: Uint8Array,
  allowMissing: boolean,
): Omit<LoadedModel, 'use'> & { readonly shares: () => Map<string, S> } => {
  const { identity, tensors } = decodeShare(file, scheme);
  if (identity.party !== session.rank)
    throw misfit(`the file is party ${identity.party}'s, not party ${session.rank}'s`, 'load the own file');
  if (identity.fractionBits !== fractionBits)
    throw misfit(
      `the model has ${identity.fractionBits} bits of fraction, not ${fractionBits}`,
      'encrypt it anew',
    );
  const parameters = [...tensors].map(([name, tensor]) => ({ name, shape: shapeOf(tensor) }));
  checkParameters(program, parameters, allowMissing);
  const steps = identity.program === program.hash() ? identity.steps : 0;
  return {
    description: JSON.stringify([identity.model, identity.steps, steps, parameters]),
    steps,
    parameters,
    shares: () => new Map([...tensors].map(([name, tensor]) => [name, shareIn(scheme, partsIn(tensor))])),
  };
};

const shareIn = <S>(scheme: Scheme<S>, tensors: readonly Tensor[]): S => {
  const share = partsOf(scheme).share(tensors);
  disposeParts(tensors);
  return share;
};

const checkParameters = (program: Program, found: LoadedModel['parameters'], allowMissing: boolean): void => {
  const shapes = new Map(found.map(({ name, shape }) => [name, shape]));
  for (const { attributes } of program.parameters) {
    const shape = shapes.get(attributes.name);
    if (shape === undefined && !allowMissing)
      throw misfit(
        `the model has no '${attributes.name}'`,
        'load the model this program saved, or allow it to miss parameters',
      );
    if (shape !== undefined && !sameShape(shape, attributes.shape))
      throw misfit(
        `'${attributes.name}' has shape ${formatShape(shape)} in the model, ${formatShape(attributes.shape)} in the program`,
        'load the model this program saved',
      );
  }
  if (!program.parameters.some(({ attributes: { name } }) => shapes.has(name)))
    throw misuse('the model has none of the parameters of the program', 'load the model this program saved');
};
