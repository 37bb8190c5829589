import type { Prf, Rank, Session } from '@triad/protocol';
import type { Tensor } from '@triad/ring';

/** One party's part of x = x_0 + x_1 + x_2: party i holds a = x_i and b = x_{i+1}, indices modulo 3. */
export interface Share {
  readonly a: Tensor;
  readonly b: Tensor;
}

export const parties = 3;

export const next = (rank: Rank): Rank => (rank + 1) % 3;
export const previous = (rank: Rank): Rank => (rank + 2) % 3;

/** The keys of the PRF streams: key i is known to party i and the one before it, as component x_i is. */
export interface Keys {
  /** Of the component this party holds as `a`. */
  readonly a: Prf;
  /** Of the component this party holds as `b`. */
  readonly b: Prf;
}

export const keys = (session: Session): Keys => ({
  a: session.pair(previous(session.rank)),
  b: session.pair(next(session.rank)),
});

export const disposeShare = ({ a, b }: Share): void => {
  a.dispose();
  b.dispose();
};
