import type { Bilinear, Linear, Shape, Tensor } from '@triad/ring';
import type { Rank } from './channel.js';
import type { Parts } from './part.js';
import type { Op, Session } from './session.js';

/** What a protocol claims to withstand. */
export interface Claim {
  readonly adversary: 'none' | 'semi-honest' | 'malicious';
  /** How many parties may be corrupted. */
  readonly corrupted: number;
}

/** Declared cost of one op; the compliance suite measures that it is true. */
export interface Cost {
  /** Dependent messages on the longest path. */
  readonly rounds: number;
  /** Payload bytes sent, by rank of the computing party. */
  readonly bytes: readonly number[];
}

/** Costs from element counts (of the result, for bilinear maps: the inner dimension never matters). */
export interface CostModel {
  share(elements: number, owner: Rank): Cost;
  reveal(elements: number, to: Rank | 'all'): Cost;
  bilinear(elements: number): Cost;
  truncate(elements: number, bits: number): Cost;
  /** A product truncated in one go; protocols without the fused path declare the sum of both. */
  bilinearTruncate(elements: number, bits: number): Cost;
  random?(elements: number, bits: number): Cost;
  /** `result` counts the elements after the linear maps. */
  below?(elements: number, thresholds: number, result: number): Cost;
}

/**
 * A secure computation protocol over Z_2^64, seen from one party. `S` is that party's share, opaque to everyone else.
 * Every interactive call gets an Op of its own; calls on independent ops may overlap and then share rounds.
 */
export interface Protocol<S> {
  readonly name: string;
  readonly rank: Rank;
  readonly parties: number;
  readonly claim: Claim;
  readonly cost: CostModel;
  shape(x: S): Shape;
  /** The owner passes the tensor, the others its shape. An owner outside the computing parties shares as a Client. */
  share(op: Op, owner: Rank, x: Tensor | Shape): Promise<S>;
  /** The only exit. Resolves to the value for whom it is revealed to, else to undefined. */
  reveal(op: Op, x: S, to?: Rank | 'all'): Promise<Tensor | undefined>;
  /** A local linear map. */
  linear(f: Linear, ...xs: readonly S[]): S;
  /** A public value, as a share. */
  constant(c: Tensor): S;
  /** x + c for a public c, which broadcasts to the shape of x. */
  addPublic(x: S, c: Tensor): S;
  bilinear(op: Op, f: Bilinear, x: S, y: S): Promise<S>;
  /** x / 2^bits, by the protocol's truncation (see its docs for error and range). */
  truncate(op: Op, x: S, bits: number): Promise<S>;
  /** map(x, y), then `after`, then truncated, in fewer rounds than one after the other. */
  bilinearTruncate?(op: Op, product: Product<S>, bits: number): Promise<S>;
  /** Uniform integers in [-2^(bits-1), 2^(bits-1)) that no party knows. */
  random?(op: Op, shape: Shape, bits: number): Promise<S>;
  /**
   * The integers [x < t], 0 or 1, for each public threshold t: [thresholds, ...shape of x], then `after`. Words are
   * signed, and right while |x - t| < 2^63.
   */
  below?(op: Op, x: S, thresholds: readonly bigint[], after?: readonly Linear[]): Promise<S>;
  /**
   * The same value, shared anew by a stream that all computing parties know, without a message: for shares that leave
   * the job. Whoever has no key of the session learns nothing from them but the value, and only from enough of them.
   */
  refresh?(op: Op, x: S): S;
  /** Gives the share's memory back; using it afterwards is an error. */
  dispose(x: S): void;
}

/** after(map(x, y)): what one truncation can be spent on. */
export interface Product<S> {
  readonly map: Bilinear;
  readonly x: S;
  readonly y: S;
  /** Applied to the product before it is truncated. */
  readonly after?: readonly Linear[];
}

/** What an input or result party can do: it holds no shares. */
export interface Client {
  readonly rank: Rank;
  /** Shares a value the computing parties take in with `share(op, rank, shape)`. */
  share(op: Op, x: Tensor): void;
  /** The value the computing parties reveal to this party. */
  reveal(op: Op, shape: Shape): Promise<Tensor>;
}

/** A protocol before anyone has met: what `init` and `execute` are given. */
export interface Scheme<S> {
  readonly name: string;
  readonly parties: number;
  readonly claim: Claim;
  readonly cost: CostModel;
  /** Parameters all parties must agree on. */
  readonly parameters: Readonly<Record<string, string | number>>;
  party(session: Session): Protocol<S>;
  /** Absent when shares cannot be kept in files. */
  readonly parts?: Parts<S>;
  /** Absent when only computing parties can own inputs and results. */
  client?(session: Session): Client;
}
