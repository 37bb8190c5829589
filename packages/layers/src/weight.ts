import type { Op, Protocol } from '@triad/protocol';
import { encode, linear } from '@triad/ring';
import { encodeFactor, type Factor } from './lower/factor.js';
import { factorBits, fractionBits, maxTruncation } from './lower/instruction.js';
import { misuse } from './misuse.js';
import type { Initializer } from './node/node.js';
import { type BoundShape, countElements } from './shape.js';

/** Random bits of a drawn number, sign included. */
export const randomBits = 24;

/** An initializer whose values nobody knows. */
export type Drawn = Exclude<Initializer, { kind: 'constant' }>;

/** Uniform numbers that a weight is the sum of: 12 of them are as good as normal. */
export const drawsOf = ({ kind }: Drawn): number => (kind === 'normal' ? 12 : 1);

/** The public factor that takes (sums of) random integers to weights: 12 numbers in (-1/2, 1/2) have variance 1. */
export const drawnFactor = (initializer: Drawn): Factor => {
  const size = initializer.kind === 'normal' ? initializer.deviation / 2 : initializer.limit;
  return encodeFactor(size * 2 ** (fractionBits + 1 - randomBits), factorBits, maxTruncation);
};

/** A parameter's first value. Drawn ones are (sums of) shared random integers, scaled and truncated. */
export const initialValue = async <S>(
  protocol: Protocol<S>,
  op: Op,
  { initializer, shape }: { readonly initializer: Initializer; readonly shape: BoundShape },
): Promise<S> => {
  if (initializer.kind !== 'constant') return drawnValue(protocol, op, initializer, shape);
  const values = new Float64Array(countElements(shape)).fill(initializer.value);
  const tensor = encode(values, shape, fractionBits);
  const value = protocol.constant(tensor);
  tensor.dispose();
  return value;
};

const drawnValue = async <S>(
  protocol: Protocol<S>,
  op: Op,
  initializer: Drawn,
  shape: BoundShape,
): Promise<S> => {
  if (protocol.random === undefined) throw noRandom(protocol.name);
  const { integer, shift } = drawnFactor(initializer);
  let value: S = await protocol.random(op.at(0), [drawsOf(initializer), ...shape], randomBits);
  for (const map of [linear.sum([0]), linear.scale(integer)]) {
    const next = protocol.linear(map, value);
    protocol.dispose(value);
    value = next;
  }
  return protocol.truncate(op.at(1), value, shift).finally(() => protocol.dispose(value));
};

export const noRandom = (name: string): Error =>
  misuse(`the protocol '${name}' cannot draw secret random weights`, 'give parameters a constantInitializer');
