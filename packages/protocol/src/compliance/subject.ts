import { Tensor } from '@triad/ring';
import type { Scheme } from '../protocol.js';
import type { Op } from '../session.js';
import { type Party, type SimulateOptions, simulate } from '../simulate.js';
import { check, checkWords } from './check.js';
import { take, tensor, type Value } from './sample.js';

/** What a scheme says of its truncation. */
export interface TruncationClaim {
  /** Values are below 2^magnitudeBits in magnitude before they are truncated; default 61. */
  readonly magnitudeBits: number;
  /** The largest error in units of the result; default 1. */
  readonly maxError: number;
  /** Whether the mean error is 0; default true. */
  readonly unbiased: boolean;
}

/** What a property is checked of. */
export interface Subject<S> {
  readonly scheme: Scheme<S>;
  readonly truncation: TruncationClaim;
}

/** One party's side of a computation on shares: it returns a new share. */
export type Compute<S> = (party: Party<S>, xs: readonly S[]) => Promise<S> | S;

/** What each party passes to share a value: the owner the tensor, the others the shape. */
export const shareValue = async <S>(party: Party<S>, op: Op, owner: number, value: Value): Promise<S> => {
  if (party.rank !== owner) return party.protocol.share(op, owner, value.shape);
  const x = tensor(value);
  const share = await party.protocol.share(op, owner, x);
  x.dispose();
  return share;
};

/** Shares all inputs, input i by party i modulo the number of parties. */
export const shareAll = <S>(party: Party<S>, inputs: readonly Value[]): Promise<S[]> =>
  Promise.all(
    inputs.map((input, i) =>
      shareValue(party, party.session.op('input', i), i % party.protocol.parties, input),
    ),
  );

/** Shares the inputs, computes, reveals to all, and returns what every party got. */
export const compute = async <S>(
  { scheme }: Subject<S>,
  inputs: readonly Value[],
  body: Compute<S>,
  options: SimulateOptions = {},
): Promise<Value> => {
  const { results } = await simulate(
    scheme,
    async (party) => {
      const xs = await shareAll(party, inputs);
      const y = await body(party, xs);
      const out = await party.protocol.reveal(party.session.op('out'), y);
      check(out instanceof Tensor, () => `reveal to all gives party ${party.rank} nothing`);
      for (const share of [...xs, y]) party.protocol.dispose(share);
      return take(out!);
    },
    { seed: 1, ...options },
  );
  for (const [rank, { words }] of results.entries()) {
    checkWords(`what party ${rank} gets beside party 0`, words, results[0]!.words);
  }
  return results[0]!;
};

/** Applies a public function to tensors of these values. */
export const plaintext = (f: (...xs: Tensor[]) => Tensor, ...inputs: readonly Value[]): Value => {
  const xs = inputs.map(tensor);
  const out = take(f(...xs));
  for (const x of xs) x.dispose();
  return out;
};
