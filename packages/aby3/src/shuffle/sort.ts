import { type Op, type Protocol, type Session, TriadError } from '@triad/protocol';
import { linear, sub, Tensor } from '@triad/ring';
import { tensorScope } from '../scope.js';
import { disposeShare, type Share } from '../share.js';
import { fromMatrix, rowsOf, toMatrix } from './column.js';
import { type Compare, orderRows } from './order.js';
import { takeRows } from './permutation.js';
import { shuffle } from './permute.js';

/** The party that sorts: what `simulate` gives, or a session and its protocol. */
export interface Sorter {
  readonly session: Session;
  readonly protocol: Pick<Protocol<Share>, 'below' | 'linear' | 'addPublic' | 'reveal'>;
}

/**
 * The columns' rows by ascending key; equal keys keep their order. `key` is [rows], |key| < 2^61 / rows; columns are [rows, ...],
 * and the key is among them only if given again. Rows are shuffled, then ordered by comparisons whose results all parties see
 * (Hamada, Kikuchi, Ikarashi, Chida, Takahashi, ICISC 2012).
 *
 * What the comparisons show is the order of the shuffled rows, no more: each result follows from it. Keys are made distinct
 * before the shuffle, as key rows + row number, so there is just one order of the rows; the shuffle moves it by a uniform
 * permutation that no party knows. So what is seen is a uniformly random order whatever the keys are, equal ones
 * included, and so are the numbers of comparisons and rounds, which follow from it. (Were ties broken by the place after the
 * shuffle, equal keys would show: a table of equal keys would come out in order.) Keys beyond the range compare wrongly, and
 * results of wrong comparisons are not covered by this.
 *
 * At most 1 + 6 levels rounds, as the shuffle's second one runs beside the first comparisons. Up to 32 rows take one level, of
 * all pairs; a thousand take about 8.
 */
export const sort = async (
  sorter: Sorter,
  op: Op,
  key: Share,
  columns: readonly Share[],
): Promise<Share[]> => {
  if (key.a.shape.length !== 1) {
    throw new TriadError('bad-argument', `a key is one number a row; got [${key.a.shape.join(', ')}]`);
  }
  const rows = rowsOf([key, ...columns]);
  using scope = tensorScope();
  const distinct = scope.own(distinctKeys(sorter, key, rows));
  const all = await shuffle(sorter.session, op.at(0), [distinct, ...columns]);
  scope.free(distinct);
  const [shuffledKey, ...shuffled] = all.map((share) => scope.own(share));
  const order = await orderRows(rows, comparing(sorter, op, shuffledKey!));
  return columns.length === 0 ? [] : takeColumns(shuffled, order);
};

/** key rows + row number. */
const distinctKeys = ({ protocol }: Sorter, key: Share, rows: number): Share => {
  const scaled = protocol.linear(linear.scale(BigInt(rows)), key);
  const numbers = indexTensor(Uint32Array.from({ length: rows }, (_, i) => i));
  const out = protocol.addPublic(scaled, numbers);
  disposeShare(scaled);
  numbers.dispose();
  return out;
};

/** Compares rows of a column of distinct keys, and opens the results. */
const comparing = ({ protocol }: Sorter, op: Op, key: Share): Compare => {
  if (protocol.below === undefined) {
    throw new TriadError('bad-argument', 'sorting takes a protocol that compares');
  }
  return async (left, right, level) => {
    using scope = tensorScope();
    const difference = scope.own(differences(key, left, right));
    const bits = scope.own(await protocol.below!(op.at(1 + 2 * level), difference, [0n]));
    scope.free(difference);
    const opened = await protocol.reveal(op.at(2 + 2 * level), bits);
    return lowBytes(scope.own(opened!));
  };
};

const differences = (key: Share, left: Uint32Array, right: Uint32Array): Share => {
  const [l, r] = [indexTensor(left), indexTensor(right)];
  const subtract = (part: Tensor): Tensor => {
    const column = part.reshape([part.size, 1]);
    const [x, y] = [takeRows(column, l), takeRows(column, r)];
    sub(x, y, x);
    const out = x.reshape([x.size]);
    for (const tensor of [column, x, y]) tensor.dispose();
    return out;
  };
  const out = { a: subtract(key.a), b: subtract(key.b) };
  for (const tensor of [l, r]) tensor.dispose();
  return out;
};

/** The rows of columns, in an order that is public. */
const takeColumns = (columns: readonly Share[], order: Uint32Array): Share[] => {
  const matrix = toMatrix(columns);
  const p = indexTensor(order);
  const sorted = { a: takeRows(matrix.a, p), b: takeRows(matrix.b, p) };
  const out = fromMatrix(sorted, columns);
  for (const tensor of [matrix.a, matrix.b, sorted.a, sorted.b, p]) tensor.dispose();
  return out;
};

const indexTensor = (index: Uint32Array): Tensor => {
  const words = new Uint32Array(2 * index.length);
  for (let i = 0; i < index.length; i++) words[2 * i] = index[i]!;
  return Tensor.fromBytes([index.length], new Uint8Array(words.buffer));
};

/** The lowest byte of each word. */
const lowBytes = (x: Tensor): Uint8Array => {
  const bytes = x.bytes();
  return Uint8Array.from({ length: x.size }, (_, i) => bytes[8 * i]!);
};
