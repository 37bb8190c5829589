import { type Op, type Protocol, TriadError } from '@triad/protocol';
import { bilinear, broadcastShapes, type Linear, linear, Tensor } from '@triad/ring';
import { shareScope } from '../scope.js';
import { difference } from './map.js';

/**
 * Order on shares: results are bits as integers 0 and 1, secret like their arguments. Words are signed; differences of two
 * secrets must be below 2^63. Each takes an op of its own and uses sub-addresses one level deep below those of `below`.
 */

/** Two secrets of one shape, or a secret and a public word. */
type Right<S> = S | bigint;

const isPublic = <S>(y: Right<S>): y is bigint => typeof y === 'bigint';

/** [x < y]. 5 rounds. */
export const lt = async <S>(protocol: Protocol<S>, op: Op, x: S, y: Right<S>): Promise<S> =>
  isPublic(y)
    ? bit(protocol, op, x, [y], linear.reshape(protocol.shape(x)))
    : withDifference(protocol, x, y, (d) => bit(protocol, op, d, [0n], linear.reshape(protocol.shape(d))));

/** [x <= y]. 5 rounds. */
export const le = async <S>(protocol: Protocol<S>, op: Op, x: S, y: Right<S>): Promise<S> =>
  isPublic(y) ? lt(protocol, op, x, y + 1n) : negated(protocol, lt(protocol, op, y, x));

/** [x > y]. 5 rounds. */
export const gt = <S>(protocol: Protocol<S>, op: Op, x: S, y: Right<S>): Promise<S> =>
  isPublic(y) ? negated(protocol, le(protocol, op, x, y)) : lt(protocol, op, y, x);

/** [x >= y]. 5 rounds. */
export const ge = <S>(protocol: Protocol<S>, op: Op, x: S, y: Right<S>): Promise<S> =>
  negated(protocol, lt(protocol, op, x, y));

/** [x = y]. 5 rounds. */
export const eq = async <S>(protocol: Protocol<S>, op: Op, x: S, y: Right<S>): Promise<S> =>
  isPublic(y)
    ? bit(protocol, op, x, [y, y + 1n], difference)
    : withDifference(protocol, x, y, (d) => bit(protocol, op, d, [0n, 1n], difference));

/** [x != y]. 5 rounds. */
export const ne = <S>(protocol: Protocol<S>, op: Op, x: S, y: Right<S>): Promise<S> =>
  negated(protocol, eq(protocol, op, x, y));

/** x where the bit is 1, y where it is 0. 1 round. */
export const select = async <S>(protocol: Protocol<S>, op: Op, c: S, x: S, y: S): Promise<S> =>
  withDifference(protocol, x, y, async (d) => {
    const chosen = await protocol.bilinear(op, bilinear.mul(), c, d);
    return replaced(protocol, chosen, protocol.linear(linear.add(), y, chosen));
  });

/** The smaller of both. 6 rounds. */
export const minimum = <S>(protocol: Protocol<S>, op: Op, x: S, y: S): Promise<S> =>
  chosen(protocol, op, [x, y], [x, y]);

/** The larger of both. 6 rounds. */
export const maximum = <S>(protocol: Protocol<S>, op: Op, x: S, y: S): Promise<S> =>
  chosen(protocol, op, [x, y], [y, x]);

/** x where it is above 0, else 0. 6 rounds. */
export const relu = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  using scope = shareScope(protocol);
  const keeps = scope.own(await ge(protocol, op.at(0), x, 0n));
  return await protocol.bilinear(op.at(1), bilinear.mul(), keeps, x);
};

/** The third where the first pair's first is smaller than its second, else the fourth. */
const chosen = async <S>(
  protocol: Protocol<S>,
  op: Op,
  [a, b]: readonly [S, S],
  [then, otherwise]: readonly [S, S],
): Promise<S> => {
  using scope = shareScope(protocol);
  const c = scope.own(await lt(protocol, op.at(0), a, b));
  return await select(protocol, op.at(1), c, then, otherwise);
};

/** `out`, after giving back what it was made of. */
export const replaced = <S>(protocol: Protocol<S>, used: S, out: S): S => {
  protocol.dispose(used);
  return out;
};

const bit = <S>(
  protocol: Protocol<S>,
  op: Op,
  x: S,
  thresholds: readonly bigint[],
  after: Linear,
): Promise<S> => {
  if (protocol.below !== undefined) return protocol.below(op, x, thresholds, [after]);
  throw new TriadError('bad-argument', `the protocol '${protocol.name}' cannot compare`, {
    remedy: 'use a protocol that can, such as aby3',
  });
};

/** Something of x - y, which broadcasts. */
const withDifference = async <S>(
  protocol: Protocol<S>,
  x: S,
  y: S,
  use: (d: S) => Promise<S>,
): Promise<S> => {
  broadcastShapes(protocol.shape(x), protocol.shape(y));
  const d = protocol.linear(linear.sub(), x, y);
  return use(d).finally(() => protocol.dispose(d));
};

/** 1 - bit. */
const negated = async <S>(protocol: Protocol<S>, bits: Promise<S>): Promise<S> => {
  const own = await bits;
  const minus = replaced(protocol, own, protocol.linear(linear.neg(), own));
  const one = Tensor.from([], [1n]);
  const out = protocol.addPublic(minus, one);
  one.dispose();
  return replaced(protocol, minus, out);
};
