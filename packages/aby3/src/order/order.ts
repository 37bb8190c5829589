import { checkThresholds, type Op, type Protocol } from '@triad/protocol';
import { bilinear, broadcastShapes, linear, neg, Tensor } from '@triad/ring';
import { compared, plus } from './consume.js';
import { rowSums, type Terms } from './row.js';

/** Another secret, or public words: one, or a tensor that broadcasts. */
export type Operand<S> = S | bigint | Tensor;

/** A sum of bits [x - y < t], and a constant. */
interface Form {
  readonly thresholds: readonly bigint[];
  readonly terms: Terms;
  readonly constant?: bigint;
}

/**
 * A comparison of words, whole signed numbers less than 2^63 apart: a secret integer 0 or 1 at scale 0, of the shape both
 * broadcast to. 5 rounds; sub-addresses of the op are one level deep.
 */
const comparison =
  ({ thresholds, terms, constant }: Form) =>
  async <S>(protocol: Protocol<S>, op: Op, x: S, y: Operand<S>): Promise<S> => {
    const difference = minus(protocol, x, y);
    const after = [rowSums([terms]), linear.reshape(protocol.shape(difference))];
    const bits = await compared(protocol, op, difference, { thresholds, after });
    return constant === undefined ? bits : plus(protocol, bits, Tensor.from([], [constant]));
  };

/** [x < y] */
export const lt = comparison({ thresholds: [0n], terms: [[0, 1]] });

/** [x <= y] */
export const le = comparison({ thresholds: [1n], terms: [[0, 1]] });

/** [x >= y] */
export const ge = comparison({ thresholds: [0n], terms: [[0, -1]], constant: 1n });

/** [x > y] */
export const gt = comparison({ thresholds: [1n], terms: [[0, -1]], constant: 1n });

/** [x = y] */
export const eq = comparison({
  thresholds: [0n, 1n],
  terms: [
    [0, -1],
    [1, 1],
  ],
});

/** [x != y] */
export const ne = comparison({
  thresholds: [0n, 1n],
  terms: [
    [0, 1],
    [1, -1],
  ],
  constant: 1n,
});

/** x where the bit c is 1, y where it is 0; all broadcast. 1 round, no sub-addresses. */
export const select = async <S>(protocol: Protocol<S>, op: Op, c: S, [x, y]: readonly [S, S]): Promise<S> => {
  const difference = protocol.linear(linear.sub(), x, y);
  const gain = await protocol.bilinear(op, bilinear.mul(), c, difference);
  const out = protocol.linear(linear.add(), y, gain);
  for (const used of [difference, gain]) protocol.dispose(used);
  return out;
};

/** The smaller of both, which broadcast. 6 rounds; sub-addresses are two levels deep. */
export const minimum = <S>(protocol: Protocol<S>, op: Op, x: S, y: S): Promise<S> =>
  chosen(protocol, op, [x, y], [x, y]);

/** The larger of both, which broadcast. 6 rounds; sub-addresses are two levels deep. */
export const maximum = <S>(protocol: Protocol<S>, op: Op, x: S, y: S): Promise<S> =>
  chosen(protocol, op, [x, y], [y, x]);

/** x where it is above 0, else 0. 6 rounds; sub-addresses are two levels deep. */
export const relu = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const keeps = await ge(protocol, op.at(0), x, 0n);
  const out = await protocol.bilinear(op.at(1), bilinear.mul(), keeps, x);
  protocol.dispose(keeps);
  return out;
};

/** The first choice where x < y, else the second. */
const chosen = async <S>(
  protocol: Protocol<S>,
  op: Op,
  [x, y]: readonly [S, S],
  choices: readonly [S, S],
): Promise<S> => {
  const less = await lt(protocol, op.at(0), x, y);
  const out = await select(protocol, op.at(1), less, choices);
  protocol.dispose(less);
  return out;
};

/** x - y, of the shape both broadcast to. */
const minus = <S>(protocol: Protocol<S>, x: S, y: Operand<S>): S => {
  if (typeof y !== 'bigint' && !(y instanceof Tensor)) return protocol.linear(linear.sub(), x, y);
  if (typeof y === 'bigint') checkThresholds([y], protocol.rank);
  const negative = typeof y === 'bigint' ? Tensor.from([], [-y]) : neg(y);
  const shape = broadcastShapes(protocol.shape(x), negative.shape);
  return plus(protocol, protocol.linear(linear.broadcastTo(shape), x), negative);
};
