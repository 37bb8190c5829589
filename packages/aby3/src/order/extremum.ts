import { type Op, type Protocol, TriadError } from '@triad/protocol';
import { bilinear, linear, Tensor } from '@triad/ring';
import { shareScope } from '../scope.js';
import { timesMatrix } from './map.js';
import { lt, replaced } from './order.js';

/** So many values are compared pair by pair, more in as many groups first. */
const groupSize = 16;

/**
 * The largest value along the last axis, which keeps length 1: of up to 16 values in 5 rounds and one for each doubling, of up to 256
 * in twice as many. Sub-addresses are two levels deeper than those of `below`.
 */
export const reduceMax = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const length = lastLength(protocol, x);
  if (length === 1) return protocol.linear(linear.reshape(protocol.shape(x)), x);
  if (length <= groupSize) return tournament(protocol, op, x);
  if (length > groupSize ** 2) throw tooMany(length, groupSize ** 2);
  using scope = shareScope(protocol);
  const parts = groups(protocol, x);
  const best = await Promise.all(
    parts.map(async (part, i) =>
      scope.own(await reduceMax(protocol, op.at(i), part).finally(() => protocol.dispose(part))),
    ),
  );
  const all = scope.own(protocol.linear(linear.concat(protocol.shape(x).length - 1), ...best));
  scope.free(...best);
  return await reduceMax(protocol, op.at(parts.length), all);
};

/** 1 at the largest value along the last axis, the first of equal ones, else 0; at most 16 values. 5 rounds and one for each doubling. */
export const argmax = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const length = lastLength(protocol, x);
  if (length > groupSize) throw tooMany(length, groupSize);
  const wins = await contests(protocol, op.at(0), x);
  const product = await productOf(protocol, op.at(1), wins);
  return replaced(protocol, product, protocol.linear(linear.reshape(protocol.shape(x)), product));
};

/** How many values along the last axis are before each: larger ones, and equal ones that come first. 5 rounds. */
export const rank = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const length = lastLength(protocol, x);
  if (length === 1) return protocol.linear(linear.scale(0n), x);
  const wins = await contests(protocol, op, x);
  const won = replaced(protocol, wins, protocol.linear(linear.sum([-1 + protocol.shape(wins).length]), wins));
  const lost = replaced(protocol, won, protocol.linear(linear.neg(), won));
  return replaced(protocol, lost, plus(protocol, lost, [BigInt(length - 1)], []));
};

/** The k largest values along the last axis in falling order, and 1 where each stands: [..., k], [..., k, n]. 10 rounds. */
export const topK = async <S>(
  protocol: Protocol<S>,
  op: Op,
  x: S,
  k: number,
): Promise<{ readonly values: S; readonly places: S }> => {
  const shape = protocol.shape(x);
  const [length, outer] = [lastLength(protocol, x), shape.slice(0, -1)];
  if (!(Number.isInteger(k) && k > 0 && k <= length)) throw tooMany(k, length);
  using scope = shareScope(protocol);
  const ranks = scope.own(await rank(protocol, op.at(0), x));
  const limits = Array.from({ length: k + 1 }, (_, r) => BigInt(r));
  // [thresholds, ..., n]: the places are between one threshold and the next.
  const axes = [...outer.map((_, i) => i + 1), 0, outer.length + 1];
  const steps = limits.slice(1).map((_, r) => limits.map((_, t) => (t === r + 1 ? 1n : t === r ? -1n : 0n)));
  const after = [
    linear.transpose([...axes.slice(0, -2), outer.length + 1, 0]),
    timesMatrix(transposed(steps)),
  ];
  const columns = scope.own(await protocol.below!(op.at(1), ranks, limits, after));
  const last = shape.length;
  const swap = [...outer.map((_, i) => i), last, last - 1];
  const places = scope.own(protocol.linear(linear.transpose(swap), columns));
  const rows = scope.own(protocol.linear(linear.reshape([...outer, 1, length]), x));
  scope.free(columns);
  const marked = scope.own(await protocol.bilinear(op.at(2), bilinear.mul(), places, rows));
  const values = protocol.linear(linear.sum([last]), marked);
  return { values, places: scope.release(places) };
};

const transposed = (rows: readonly (readonly bigint[])[]): bigint[][] =>
  rows[0]!.map((_, column) => rows.map((row) => row[column]!));

const tooMany = (wanted: number, most: number): TriadError =>
  new TriadError('bad-argument', `${wanted} values are not from 1 to ${most}`, {
    remedy: 'cut the axis into parts, or ask for fewer',
  });

const lastLength = <S>(protocol: Protocol<S>, x: S): number => {
  const length = protocol.shape(x).at(-1);
  if (length !== undefined && length > 0) return length;
  throw new TriadError('bad-argument', 'a value without a last axis has no largest element', {
    remedy: 'give it at least one axis, with elements',
  });
};

const groups = <S>(protocol: Protocol<S>, x: S): S[] => {
  const shape = protocol.shape(x);
  const length = shape.at(-1)!;
  const count = Math.ceil(length / groupSize);
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i, i + 1].map((g) => Math.floor((g * length) / count)) as [number, number];
    return between(protocol, x, from, to);
  });
};

/** The last axis from start to end. */
const between = <S>(protocol: Protocol<S>, x: S, start: number, end: number): S => {
  const outer = protocol.shape(x).slice(0, -1);
  return protocol.linear(linear.slice([...outer.map(() => 0), start], [...outer, end]), x);
};

const tournament = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const shape = protocol.shape(x);
  using scope = shareScope(protocol);
  const candidates = scope.own(protocol.linear(linear.reshape([...shape, 1]), x));
  const wins = await contests(protocol, op.at(0), x);
  const survivors = await productOf(protocol, op.at(1), wins, scope.release(candidates));
  const flat = replaced(protocol, survivors, protocol.linear(linear.reshape(shape), survivors));
  return replaced(protocol, flat, protocol.linear(linear.sum([shape.length - 1], true), flat));
};

/** Whether each value is before each other one: [..., n, n - 1]. Of equal values, the first is before the second. */
const contests = async <S>(protocol: Protocol<S>, op: Op, x: S): Promise<S> => {
  const shape = protocol.shape(x);
  const n = shape.at(-1)!;
  const indices = Array.from({ length: n }, (_, i) => i);
  const pairs = indices.flatMap((i) => indices.slice(i + 1).map((j) => [i, j] as const));
  const duels = indices.flatMap((i) => indices.filter((j) => j !== i).map((j) => [i, j] as const));
  if (pairs.length === 0) return ones(protocol, [...shape, 1]);
  using scope = shareScope(protocol);
  const signs = timesMatrix(indices.map((k) => pairs.map((pair) => sign(k, pair))));
  const differences = scope.own(protocol.linear(signs, x));
  const later = await lt(protocol, op, differences, 0n);
  const outcomes = timesMatrix(pairs.map((pair) => duels.map((duel) => outcome(pair, duel))));
  const all = replaced(protocol, later, protocol.linear(outcomes, later));
  const first = duels.map(([self, other]) => (self < other ? 1n : 0n));
  const won = replaced(protocol, all, plus(protocol, all, first, [duels.length]));
  return replaced(protocol, won, protocol.linear(linear.reshape([...shape, n - 1]), won));
};

const ones = <S>(protocol: Protocol<S>, shape: readonly number[]): S => {
  const one = Tensor.from([], [1n]);
  const scalar = protocol.constant(one);
  one.dispose();
  return replaced(protocol, scalar, protocol.linear(linear.broadcastTo(shape), scalar));
};

const plus = <S>(protocol: Protocol<S>, x: S, values: readonly bigint[], shape: readonly number[]): S => {
  const c = Tensor.from(shape, values);
  const out = protocol.addPublic(x, c);
  c.dispose();
  return out;
};

type Pair = readonly [first: number, second: number];

/** How value k counts in the difference of a pair. */
const sign = (k: number, [first, second]: Pair): bigint => (k === first ? 1n : k === second ? -1n : 0n);

/** How [first of the pair < second] counts in whether `self` is before `other`. */
const outcome = ([first, second]: Pair, [self, other]: Pair): bigint => {
  if (first === other && second === self) return 1n;
  return first === self && second === other ? -1n : 0n;
};

/**
 * The product of bits along the last axis, which keeps length 1, and of a last factor if there is one: a tree, level by level. Takes over
 * both.
 */
const productOf = async <S>(protocol: Protocol<S>, op: Op, bits: S, factor?: S, level = 0): Promise<S> => {
  using scope = shareScope(protocol, bits);
  if (factor !== undefined) scope.own(factor);
  const count = lastLength(protocol, bits);
  const half = count >> 1;
  const part = (from: number, to: number): S => scope.own(between(protocol, bits, from, to));
  const times = async (at: number, x: S, y: S): Promise<S> =>
    scope.own(await multiplied(protocol, op.at(2 * level + at), scope.release(x), scope.release(y)));
  const rest = count % 2 === 0 ? undefined : part(count - 1, count);
  const carrying = rest === undefined || factor === undefined ? (rest ?? factor) : times(0, rest, factor);
  if (half === 0) return scope.release((await carrying)!);
  const [low, high] = [part(0, half), part(half, 2 * half)];
  scope.free(bits);
  const [halves, carried] = await Promise.all([times(1, low, high), carrying]);
  if (carried === undefined && half === 1) return scope.release(halves);
  if (carried === undefined) return productOf(protocol, op, scope.release(halves), undefined, level + 1);
  if (factor !== undefined)
    return productOf(protocol, op, scope.release(halves), scope.release(carried), level + 1);
  const joined = protocol.linear(linear.concat(protocol.shape(halves).length - 1), halves, carried);
  return productOf(protocol, op, joined, undefined, level + 1);
};

/** x * y; takes over both. */
const multiplied = async <S>(protocol: Protocol<S>, op: Op, x: S, y: S): Promise<S> => {
  try {
    return await protocol.bilinear(op, bilinear.mul(), x, y);
  } finally {
    for (const factor of [x, y]) protocol.dispose(factor);
  }
};
