import type { Op, Protocol } from '@triad/protocol';
import { bilinear, linear } from '@triad/ring';
import { cut, groupSize, groupsOf, lastAxis, split, toColumns, unsplit } from './column.js';
import { joined, mapped, multiplied } from './consume.js';
import { largest, sumOfProducts, winners } from './contest.js';

/**
 * Extrema along the last axis of words that are less than 2^63 apart. Up to 16 values are compared pair by pair; more are in
 * groups of at most 16, and so are the largest of the groups. Sub-addresses of the op are three levels deep.
 */

/** The largest value along the last axis, which keeps length 1. 5 rounds and log2(n), rounded up, for up to 16 values. */
export const reduceMax = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const { outer, m } = lastAxis(protocol.shape(x));
  let columns = toColumns(protocol, x);
  for (let level = 0; protocol.shape(columns)[0]! > 1; level++) {
    const groups = split(protocol, columns);
    protocol.dispose(columns);
    const best = await eachOf(groups, op, level, (at, group) => largest(protocol, at, group));
    for (const group of groups) protocol.dispose(group);
    columns = stacked(protocol, best, m);
  }
  return mapped(protocol, columns, linear.reshape([...outer, 1]));
};

/**
 * 1 at the largest value along the last axis, the first of equal ones, else 0. 5 rounds and log2(n - 1), rounded up, for up to 16
 * values; 2 rounds more for each level of groups.
 */
export const argmax = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const columns = toColumns(protocol, x);
  const marks = await champions(protocol, op, columns, 0);
  protocol.dispose(columns);
  return mapped(protocol, marks, linear.transpose(), linear.reshape(protocol.shape(x)));
};

/** 1 at the first of the largest values of each column [n, m], else 0. */
const champions = async <S>(protocol: Protocol<S>, op: Op, x: S, level: number): Promise<S> => {
  const [n, m] = protocol.shape(x) as [number, number];
  if (n <= groupSize) return winners(protocol, op.at(2 * level), x);
  const groups = split(protocol, x);
  const best = await eachOf(groups, op, level, (at, group) => champion(protocol, at, group));
  for (const group of groups) protocol.dispose(group);
  const values = stacked(
    protocol,
    best.map(({ value }) => value),
    m,
  );
  const last = await champions(protocol, op, values, level + 1);
  protocol.dispose(values);
  const shares = cut(
    protocol,
    last,
    groupsOf(n).map(({ count }) => count),
  );
  protocol.dispose(last);
  const marks = await eachOf(best, op, level, (at, { marks }, i) => {
    const group = mapped(protocol, shares[i]!, linear.reshape([1, protocol.shape(marks)[1]!]));
    return multiplied(protocol, at.at(3), bilinear.mul(), [marks, group]);
  });
  return unsplit(protocol, marks, n);
};

/** Where the largest value of each column is, and what it is. */
const champion = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<{ marks: S; value: S }> => {
  const [n, m] = protocol.shape(x) as [number, number];
  const marks = await winners(protocol, op, x);
  return { marks, value: await protocol.bilinear(op.at(2), sumOfProducts([], [n, m]), marks, x) };
};

/** Both sizes of groups of a level at once, each at an op of its own. */
const eachOf = <T, R>(
  groups: readonly T[],
  op: Op,
  level: number,
  f: (op: Op, group: T, i: number) => Promise<R>,
): Promise<R[]> => Promise.all(groups.map((group, i) => f(op.at(2 * level + i), group, i)));

/** One value of each group, [1, count m], as columns [groups, m]; takes over the values. */
const stacked = <S>(protocol: Protocol<S>, values: readonly S[], m: number): S =>
  joined(
    protocol,
    values.map((value) => mapped(protocol, value, linear.reshape([protocol.shape(value)[1]! / m, m]))),
  );
