import type { Client, Scheme } from '../protocol.js';
import type { Op, Step } from '../session.js';
import { type ClientBody, type Party, simulate } from '../simulate.js';
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

/** What is run many times. */
export interface Scenario<S> {
  /** The secrets are below 2^bits in magnitude. */
  readonly bits: number;
  /** Which bits of the words seen may tell of the same bits of the secret: so many of the lowest. */
  readonly seenBits: number;
  /** A computing party's side; returns the secret. */
  run(sample: Sample<S>): Promise<bigint>;
  /** An outside party's side, at the ops of a sample. */
  outside?(client: Client, step: Step, secret: Value): Promise<void>;
}

/** Where in a step the ops of a sample are. */
export const places = { x: 0, y: 1, call: 2, unseen: 3 } as const;

const sampleOf = <S>(party: Party<S>, view: View, step: Step, secret: Value): Sample<S> => ({
  party,
  secret,
  x: view.watch('share of x', step.op(places.x)),
  y: view.watch('share of y', step.op(places.y)),
  call: view.watch('call', step.op(places.call)),
  unseen: step.op(places.unseen),
});

/**
 * Runs a scenario so many times in one session, at other addresses, in a random order with two secrets that differ in
 * every bit. Returns what each party saw, by rank.
 */
export const observe = async <S>(
  scheme: Scheme<S>,
  { bits, run, outside }: Scenario<S>,
  samples: number,
): Promise<readonly (readonly Observation[])[]> => {
  const pattern = BigInt.asUintN(bits, 0x5555555555555555n);
  const secrets = words(samples, samples).map((coin) => ({
    shape: [2],
    words: [coin < 0n ? pattern : ~pattern, 5n],
  }));
  const observeOne = async (party: Party<S>, secret: Value, i: number): Promise<Observation> => {
    const view = new View(`party ${party.rank}`);
    const word = await run(sampleOf(party, view, party.session.step(i), secret));
    return { view: view.entries(), secret: word };
  };
  const body = (party: Party<S>) => Promise.all(secrets.map((secret, i) => observeOne(party, secret, i)));
  const client: ClientBody = async (self, session) => {
    await Promise.all(secrets.map((secret, i) => outside?.(self, session.step(i), secret)));
  };
  return (await simulate(scheme, body, { seed: 1, clients: outside === undefined ? [] : [client] })).results;
};
