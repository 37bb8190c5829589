import type { Op, Protocol } from '@triad/protocol';
import { encode, linear } from '@triad/ring';
import { encodeFactor, type Factor } from './lower/factor.js';
import { factorBits, fractionBits, maxTruncation } from './lower/instruction.js';
import { misuse } from './misuse.js';
import type { Initializer } from './node/node.js';
import { type BoundShape, countElements } from './shape.js';

/** Random bits of a drawn weight, sign included. */
export const randomBits = 24;

/** The public factor that takes random integers to (-limit, limit). */
export const uniformFactor = (limit: number): Factor =>
  encodeFactor(limit * 2 ** (fractionBits + 1 - randomBits), factorBits, maxTruncation);

/** A parameter's first value. Uniform ones are shared random integers, scaled by the limit and truncated. */
export const initialValue = async <S>(
  protocol: Protocol<S>,
  op: Op,
  { initializer, shape }: { readonly initializer: Initializer; readonly shape: BoundShape },
): Promise<S> => {
  if (initializer.kind === 'constant') {
    const tensor = encode(
      new Float64Array(countElements(shape)).fill(initializer.value),
      shape,
      fractionBits,
    );
    const value = protocol.constant(tensor);
    tensor.dispose();
    return value;
  }
  if (protocol.random === undefined) throw noRandom(protocol.name);
  const { integer, shift } = uniformFactor(initializer.limit);
  const drawn = await protocol.random(op.at(0), shape, randomBits);
  const scaled = protocol.linear(linear.scale(integer), drawn);
  protocol.dispose(drawn);
  return protocol.truncate(op.at(1), scaled, shift).finally(() => protocol.dispose(scaled));
};

export const noRandom = (name: string): Error =>
  misuse(`the protocol '${name}' cannot draw secret random weights`, 'give parameters a constantInitializer');
