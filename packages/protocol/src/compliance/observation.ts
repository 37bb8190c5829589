import type { Scheme } from '../protocol.js';
import type { Op, Step } from '../session.js';
import { type Party, simulate } from '../simulate.js';
import { type Value, words } from './sample.js';
import { type Entry, View } from './view.js';

/** One of many runs at one party, and the ops it may use. */
export interface Sample<S> {
  readonly party: Party<S>;
  /** The secret and, to find what is masked alike, a constant. */
  readonly secret: Value;
  /** What these show is seen. */
  readonly x: Op;
  readonly y: Op;
  readonly call: Op;
  /** Outside of what is looked at. */
  readonly unseen: Op;
}

/** What one party saw of one run, and the secret of it. */
export interface Observation {
  readonly view: readonly Entry[];
  readonly secret: bigint;
}

/** How many runs are looked at. */
export const samples = 512;

const sample = <S>(party: Party<S>, view: View, step: Step, secret: bigint): Sample<S> => ({
  party,
  secret: { shape: [2], words: [secret, 5n] },
  x: view.watch('share of x', step.op(0)),
  y: view.watch('share of y', step.op(1)),
  call: view.watch('call', step.op(2)),
  unseen: step.op(3),
});

/**
 * Runs a scenario many times in one session, at other addresses, in a random order with two secrets below 2^bits in
 * magnitude that differ in every bit. Returns what each party saw, by rank.
 */
export const observe = async <S>(
  scheme: Scheme<S>,
  bits: number,
  scenario: (sample: Sample<S>) => Promise<bigint>,
): Promise<readonly (readonly Observation[])[]> => {
  const pattern = BigInt.asUintN(bits, 0x5555555555555555n);
  const secrets = words(samples, samples).map((coin) => (coin < 0n ? pattern : ~pattern));
  const observeOne = async (party: Party<S>, i: number): Promise<Observation> => {
    const view = new View(`party ${party.rank}`);
    const secret = await scenario(sample(party, view, party.session.step(i), secrets[i]!));
    return { view: view.entries(), secret };
  };
  const body = (party: Party<S>) => Promise.all(secrets.map((_, i) => observeOne(party, i)));
  return (await simulate(scheme, body, { seed: 1 })).results;
};
