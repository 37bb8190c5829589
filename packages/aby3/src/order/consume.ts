import { type Op, type Protocol, TriadError } from '@triad/protocol';
import { type Bilinear, type Linear, linear, type Tensor } from '@triad/ring';

/** What follows takes over its operands: it disposes them, also when it fails. */

/** Linear maps, one after the other. */
export const mapped = <S>(protocol: Protocol<S>, x: S, ...maps: readonly Linear[]): S =>
  maps.reduce((value, f) => {
    try {
      return protocol.linear(f, value);
    } finally {
      protocol.dispose(value);
    }
  }, x);

/** All rows, one share's after the other's. */
export const joined = <S>(protocol: Protocol<S>, xs: readonly S[]): S => {
  try {
    return protocol.linear(linear.concat(), ...xs);
  } finally {
    for (const x of xs) protocol.dispose(x);
  }
};

/** x + c, for public words that broadcast to the shape of x. */
export const plus = <S>(protocol: Protocol<S>, x: S, c: Tensor): S => {
  try {
    return protocol.addPublic(x, c);
  } finally {
    c.dispose();
    protocol.dispose(x);
  }
};

/** map(x, y). */
export const multiplied = async <S>(
  protocol: Protocol<S>,
  op: Op,
  map: Bilinear,
  [x, y]: readonly [S, S],
): Promise<S> => {
  try {
    return await protocol.bilinear(op, map, x, y);
  } finally {
    protocol.dispose(x);
    protocol.dispose(y);
  }
};

/** What is asked of `below`. */
export interface Bits {
  readonly thresholds: readonly bigint[];
  readonly after: readonly Linear[];
}

/** The bits [x < t], then linear maps. */
export const compared = async <S>(
  protocol: Protocol<S>,
  op: Op,
  x: S,
  { thresholds, after }: Bits,
): Promise<S> => {
  try {
    if (protocol.below !== undefined) return await protocol.below(op, x, thresholds, after);
  } finally {
    protocol.dispose(x);
  }
  throw new TriadError('bad-argument', `the protocol '${protocol.name}' cannot compare`, {
    remedy: 'use a protocol that can, such as aby3',
  });
};
