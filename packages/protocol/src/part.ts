import type { Tensor } from '@triad/ring';
import { TriadError } from './error.js';

/**
 * What shares are made of, outside any session: for files. Arguments stay the caller's; tensors that are returned are
 * the caller's to dispose.
 */
export interface Parts<S> {
  /** How many tensors, each of the value's shape, one party holds. */
  readonly count: number;
  /** What a share is made of. */
  of(x: S): readonly Tensor[];
  /** The share made of what `of` gave at the same party. */
  share(parts: readonly Tensor[]): S;
  /** What each party gets of a value, from fresh randomness of the platform's generator. */
  split(x: Tensor): readonly (readonly Tensor[])[];
  /**
   * The value, from the parts of as many parties as it takes, by rank; undefined stands for a missing party. Throws
   * `bad-argument` when too few are there, `mismatch`, naming the parties, when two of them hold different copies of
   * what should be the same. Where one party alone can have caused that, it is the error's `party`: the others' parts give the value.
   */
  combine(parts: readonly (readonly Tensor[] | undefined)[]): Tensor;
}

/** One kind of tensor at every party: each holds the value itself. */
export const plainParts = (parties: number): Parts<Tensor> => ({
  count: 1,
  of: (x) => [x.reshape(x.shape)],
  share: ([x]) => x!.reshape(x!.shape),
  split: (x) => Array.from({ length: parties }, () => [x.reshape(x.shape)]),
  combine: (parts) => {
    const copies = parts.flatMap((part, rank) => (part === undefined ? [] : [{ rank, x: part[0]! }]));
    const [first] = copies;
    if (first === undefined)
      throw new TriadError('bad-argument', 'no party is there', { remedy: 'give the parts of one party' });
    checkCopies(copies.flatMap((a, i) => copies.slice(i + 1).map((b) => [a, b] as const)));
    return first.x.reshape(first.x.shape);
  },
});

/** One party's copy of what another has, too. */
export interface Copy {
  readonly rank: number;
  readonly x: Tensor;
}

/**
 * Throws `mismatch`, naming the parties of all pairs whose copies differ; a party that is in all of several such pairs, alone, is the
 * error's `party`. If one party at most is corrupted, it is that one: of two honest ones, no copies differ. One pair leaves both in doubt.
 */
export const checkCopies = (pairs: readonly (readonly [Copy, Copy])[]): void => {
  const different = pairs.filter(([a, b]) => !sameWords(a.x, b.x));
  if (different.length === 0) return;
  const party = culprit(different);
  if (party !== undefined) {
    throw new TriadError('mismatch', `party ${party} holds other copies than the others, who agree`, {
      party,
      remedy: 'leave its share out: those of the others are enough',
    });
  }
  const names = different.map(([a, b]) => [a.rank, b.rank].sort().join(' and ')).join(', ');
  throw new TriadError('mismatch', `the parties ${names} hold different copies of the same words`, {
    remedy: 'get their shares again; all must be of the same moment',
  });
};

const culprit = (different: readonly (readonly [Copy, Copy])[]): number | undefined => {
  const [first = []] = different;
  const common = first
    .map(({ rank }) => rank)
    .filter((rank) => different.every((pair) => pair.some((copy) => copy.rank === rank)));
  return common.length === 1 ? common[0] : undefined;
};

const sameWords = (a: Tensor, b: Tensor): boolean => {
  if (a.size !== b.size) return false;
  const [x, y] = [a.bytes(), b.bytes()].map(
    (bytes) => new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4),
  ) as [Uint32Array, Uint32Array];
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
};
