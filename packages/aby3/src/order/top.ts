import { type Op, type Protocol, TriadError } from '@triad/protocol';
import { linear } from '@triad/ring';
import { lastAxis, toColumns } from './column.js';
import { compared, mapped } from './consume.js';
import { ranks, sumOfProducts } from './contest.js';
import { rowSums, type Terms } from './row.js';

/** The largest values, and where they are. */
export interface Top<S> {
  /** In falling order: [..., k]. */
  readonly values: S;
  /** For each 1 at its place along the last axis, else 0: [..., k, n]. */
  readonly places: S;
}

/**
 * How many values along the last axis are before each in falling order, equal ones in theirs: n^2 / 2 comparisons of words less
 * than 2^63 apart. 5 rounds; sub-addresses of the op are one level deep.
 */
export const rank = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const columns = toColumns(protocol, x);
  const counts = await ranks(protocol, op, columns);
  protocol.dispose(columns);
  return mapped(protocol, counts, linear.transpose(), linear.reshape(protocol.shape(x)));
};

/**
 * The k largest values along the last axis, by their ranks; of equal ones the first come first. 10 rounds; sub-addresses of the
 * op are two levels deep. Other k than 1 to n are a `bad-argument`.
 */
export const topK = async <S>(protocol: Protocol<S>, op: Op, x: S, k: number): Promise<Top<S>> => {
  const { outer, n, m } = lastAxis(protocol.shape(x));
  if (!(Number.isInteger(k) && k > 0 && k <= n))
    throw new TriadError('bad-argument', `there are no ${k} largest of ${n} values`, {
      party: protocol.rank,
      remedy: `ask for a whole number from 1 to ${n}`,
    });
  const columns = toColumns(protocol, x);
  const places = await placesOf(protocol, op, columns, k);
  const values = await protocol.bilinear(op.at(2), sumOfProducts([k], [n, m]), places, columns);
  protocol.dispose(columns);
  return {
    values: mapped(
      protocol,
      values,
      linear.reshape([k, m]),
      linear.transpose(),
      linear.reshape([...outer, k]),
    ),
    places: mapped(protocol, places, linear.transpose([2, 0, 1]), linear.reshape([...outer, k, n])),
  };
};

/** Where the value of each rank below k is: [k, n, m]. */
const placesOf = async <S>(protocol: Protocol<S>, op: Op, columns: S, k: number): Promise<S> => {
  const counts = await ranks(protocol, op.at(0), columns);
  const thresholds = Array.from({ length: k }, (_, r) => BigInt(r + 1));
  // [rank = r] = [rank < r + 1] - [rank < r], and none is below 0.
  const steps = thresholds.map(
    (_, r): Terms =>
      r === 0
        ? [[0, 1]]
        : [
            [r, 1],
            [r - 1, -1],
          ],
  );
  return compared(protocol, op.at(1), counts, { thresholds, after: [rowSums(steps)] });
};
