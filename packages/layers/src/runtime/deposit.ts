import type { Op, Protocol, Scheme } from '@triad/protocol';
import { linear, type Tensor } from '@triad/ring';
import { disposeParts, partsOf } from '../model/model-share.js';
import type { Recipient, Role } from '../node/node.js';
import type { BoundShape } from '../shape.js';

/** A value revealed to an outside party that is not there: what one computing party keeps of it. */
export interface Deposit {
  readonly to: string;
  /** Of the reveal, the parameter or the shared value. */
  readonly name: string;
  /** How many runs of the program count as earlier ones; undefined for what no run revealed. */
  readonly run: number | undefined;
  readonly shape: BoundShape;
  /** This party's parts, one after the other, as little-endian words. */
  readonly words: Uint8Array;
}

/** What leaves, and for whom. */
export interface Exposure<S> {
  readonly share: S;
  readonly name: string;
  readonly to: Recipient;
  readonly run?: number;
}

/** The way out of the job; resolves to the value for whom it is revealed to, else to undefined. */
export type Exit<S> = (op: Op, exposure: Exposure<S>) => Promise<Tensor | undefined>;

/** Reveals to those that are there: all. */
export const reveals =
  <S>(protocol: Protocol<S>, rankOf: (role: Role) => number): Exit<S> =>
  (op, { share, to }) =>
    protocol.reveal(op, share, to === 'all' ? to : rankOf(to));

/** Keeps for outside parties their shares, shared anew so that what this party goes on with does not leave with them. */
export const deposits =
  <S>(scheme: Scheme<S>, protocol: Protocol<S>, take: (deposit: Deposit) => void): Exit<S> =>
  async (op, { share, name, to, run }) => {
    if (typeof to === 'number' || to === 'all') return protocol.reveal(op, share, to);
    const fresh = refreshed(protocol, op, share);
    const parts = partsOf(scheme).of(fresh);
    const length = parts[0]!.size * 8;
    const words = new Uint8Array(parts.length * length);
    for (const [k, part] of parts.entries()) words.set(part.bytes(), k * length);
    disposeParts(parts);
    const shape = protocol.shape(fresh);
    protocol.dispose(fresh);
    take({ to, name, run, shape, words });
    return undefined;
  };

/** A copy that what the party keeps does not go with. */
export const refreshed = <S>(protocol: Protocol<S>, op: Op, share: S): S =>
  protocol.refresh?.(op, share) ?? protocol.linear(linear.reshape(protocol.shape(share)), share);
