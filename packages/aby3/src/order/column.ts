import { type Protocol, TriadError } from '@triad/protocol';
import { linear, type Shape } from '@triad/ring';
import { joined, mapped } from './consume.js';

/** So many values are compared pair by pair, more in groups first. */
export const groupSize = 16;

/** The last axis of a shape, [..., n], and how many lists lie along it. */
export interface Axis {
  readonly outer: Shape;
  readonly n: number;
  readonly m: number;
}

export const lastAxis = (shape: Shape): Axis => {
  const [n, outer] = [shape.at(-1), shape.slice(0, -1)];
  if (n !== undefined && n > 0)
    return { outer, n, m: outer.reduce((product, extent) => product * extent, 1) };
  throw new TriadError(
    'bad-argument',
    `a value of shape [${shape.join(', ')}] has no last axis with elements`,
    {
      remedy: 'give it the shape [..., n], n at least 1',
    },
  );
};

/** x [..., n] as columns [n, m], so that all lists are computed with at once. */
export const toColumns = <S>(protocol: Protocol<S>, x: S): S => {
  const { n, m } = lastAxis(protocol.shape(x));
  return mapped(protocol, protocol.linear(linear.reshape([m, n]), x), linear.transpose());
};

/** Consecutive groups of one size. */
export interface Groups {
  readonly size: number;
  readonly count: number;
}

/** n values in groups of at most 16, as few and as alike as can be: those of the larger size first. */
export const groupsOf = (n: number): readonly Groups[] => {
  const count = Math.ceil(n / groupSize);
  const [size, larger] = [Math.floor(n / count), n % count];
  const all = [
    { size: size + 1, count: larger },
    { size, count: count - larger },
  ];
  return all.filter((groups) => groups.count > 0);
};

/** The groups of columns [n, m], as columns [size, count m] for each size. */
export const split = <S>(protocol: Protocol<S>, x: S): S[] => {
  const [n, m] = protocol.shape(x) as [number, number];
  const groups = groupsOf(n);
  const rows = cut(
    protocol,
    x,
    groups.map(({ size, count }) => size * count),
  );
  return rows.map((part, i) => mapped(protocol, part, ...swapped(groups[i]!.count, groups[i]!.size, m)));
};

/** What `split` made, put together again; takes over the parts. */
export const unsplit = <S>(protocol: Protocol<S>, parts: readonly S[], n: number): S => {
  const groups = groupsOf(n);
  const rows = parts.map((part, i) => {
    const { size, count } = groups[i]!;
    const m = protocol.shape(part)[1]! / count;
    return mapped(protocol, part, ...swapped(size, count, m), linear.reshape([size * count, m]));
  });
  return joined(protocol, rows);
};

/** Rows one after the other, so many in each part. */
export const cut = <S>(protocol: Protocol<S>, x: S, counts: readonly number[]): S[] => {
  const rest = protocol.shape(x).slice(1);
  const zeros = rest.map(() => 0);
  return counts.map((count, i) => {
    const start = counts.slice(0, i).reduce((sum, c) => sum + c, 0);
    return protocol.linear(linear.slice([start, ...zeros], [start + count, ...rest]), x);
  });
};

/** [a b, m] or [a, b m] to [b, a m]. */
const swapped = (a: number, b: number, m: number) => [
  linear.reshape([a, b, m]),
  linear.transpose([1, 0, 2]),
  linear.reshape([b, a * m]),
];
