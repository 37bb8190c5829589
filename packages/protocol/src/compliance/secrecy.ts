import { bilinear } from '@triad/ring';
import type { Op } from '../session.js';
import { type Party, simulate } from '../simulate.js';
import { check, type Property } from './check.js';
import { findLeak } from './dependence.js';
import { take, type Value, words } from './sample.js';
import { type Subject, shareValue } from './subject.js';
import { truncateProduct } from './truncate-product.js';
import { type Entry, lane, lanesOf, View } from './view.js';

/** One of many runs at one party. Its ops are made by `op`, so that what they show is seen. */
interface Sample<S> {
  readonly party: Party<S>;
  /** The secret and, to find what is masked alike, a constant. */
  readonly x: Value;
  op(name: string): Op;
  /** An op outside of what is looked at. */
  unseen(name: string): Op;
}

/** A call on shares of the secret and of ones. */
type Call<S> = (sample: Sample<S>, x: S, y: S) => Promise<S | undefined>;

const mul = bilinear.mul();

const callsOn = <S>(owner: number): Record<string, Call<S>> => ({
  share: async () => undefined,
  'product, secret first': ({ party, op }, x, y) => party.protocol.bilinear(op('call'), mul, x, y),
  'product, secret last': ({ party, op }, x, y) => party.protocol.bilinear(op('call'), mul, y, x),
  truncation: ({ party, op }, x) => party.protocol.truncate(op('call'), x, 8),
  'truncated product': ({ party, op }, x, y) =>
    truncateProduct(party.protocol, op('call'), { map: mul, x, y }, 8),
  'reveal to the owner': async ({ party, op }, x) => {
    (await party.protocol.reveal(op('call'), x, owner))?.dispose();
    return undefined;
  },
});

const onShares =
  <S>(owner: number, call: Call<S>) =>
  async (sample: Sample<S>): Promise<bigint> => {
    const { party, op, x: secret } = sample;
    const ones = { ...secret, words: secret.words.map(() => 1n) };
    const x = await shareValue(party, op('x'), owner, secret);
    const y = await shareValue(party, op('y'), owner, ones);
    const z = await call(sample, x, y);
    for (const share of z === undefined ? [x, y] : [x, y, z]) party.protocol.dispose(share);
    return secret.words[0]!;
  };

const randomBits = 8;

const onRandom = async <S>({ party, op, unseen }: Sample<S>): Promise<bigint> => {
  const { protocol } = party;
  const r = await protocol.random!(op('random'), [2], randomBits);
  const out = (await protocol.reveal(unseen('reveal'), r))!;
  protocol.dispose(r);
  return take(out).words[0]!;
};

const samples = 1024;

interface Observation {
  readonly view: readonly Entry[];
  readonly secret: bigint;
}

/** Runs a scenario many times in one session; returns what each party saw, by rank. */
const observe = async <S>(
  { scheme, truncation }: Subject<S>,
  scenario: (sample: Sample<S>) => Promise<bigint>,
): Promise<readonly Observation[][]> => {
  // Two values that differ in every bit.
  const pattern = BigInt.asUintN(truncation.magnitudeBits - 2, 0x5555555555555555n);
  const secrets = words(samples, samples).map((coin) => (coin < 0n ? pattern : ~pattern));
  const observeOne = async (party: Party<S>, i: number): Promise<Observation> => {
    const view = new View(`party ${party.rank}`);
    const unseen = (name: string) => party.session.op(name, i);
    const op = (name: string) => view.watch(name, unseen(name));
    const x = { shape: [2], words: [secrets[i]!, 5n] };
    const secret = await scenario({ party, x, op, unseen });
    return { view: view.entries(), secret };
  };
  const body = (party: Party<S>) => Promise.all(secrets.map((_, i) => observeOne(party, i)));
  return (await simulate(scheme, body, { seed: 1 })).results;
};

/** All sets of `count` of these ranks. */
const coalitions = (ranks: readonly number[], count: number): number[][] =>
  count === 0
    ? [[]]
    : ranks.flatMap((rank, i) => coalitions(ranks.slice(i + 1), count - 1).map((rest) => [rank, ...rest]));

const ranksOf = (parties: number): number[] => Array.from({ length: parties }, (_, rank) => rank);

/** Checks that none of these coalitions sees one of the secret's lowest bits. */
const checkSecrecy = (
  observed: readonly Observation[][],
  corrupted: readonly number[][],
  bits: number,
): void => {
  const secrets = observed[0]!.map(({ secret }) => secret);
  const lanes = Array.from({ length: bits }, (_, b) =>
    lane(samples, (i) => Number((secrets[i]! >> BigInt(b)) & 1n)),
  );
  for (const ranks of corrupted) {
    const seen = lanesOf(secrets.map((_, i) => ranks.flatMap((rank) => observed[rank]![i]!.view)));
    const leak = findLeak(seen, lanes, samples);
    check(leak === undefined, () => `of what parties ${ranks.join(' and ')} see, ${leak}`);
  }
};

/** The owner knows the secret: coalitions are made of the others. */
const ownersSecret = async <S>(subject: Subject<S>, owner: number, call: Call<S>): Promise<void> => {
  const { parties, claim } = subject.scheme;
  const others = ranksOf(parties).filter((rank) => rank !== owner);
  checkSecrecy(
    await observe(subject, onShares(owner, call)),
    coalitions(others, Math.min(claim.corrupted, others.length)),
    64,
  );
};

const randomSecret = async <S>(subject: Subject<S>): Promise<void> => {
  const { parties, claim } = subject.scheme;
  checkSecrecy(await observe(subject, onRandom), coalitions(ranksOf(parties), claim.corrupted), randomBits);
};

/**
 * For schemes that claim to withstand somebody: what the corrupted parties receive and draw is independent of the
 * secret. Two owners, so that every party is once not the owner.
 */
export const secrecy = <S>(subject: Subject<S>): Property[] => {
  const { claim, parties, cost } = subject.scheme;
  if (claim.adversary === 'none') return [];
  const properties: Property[] = [0, parties - 1].flatMap((owner) =>
    Object.entries(callsOn<S>(owner)).map(([name, call]) => ({
      name: `${name}: others see nothing of a secret of party ${owner}`,
      check: () => ownersSecret(subject, owner, call),
    })),
  );
  if (cost.random === undefined) return properties;
  return [
    ...properties,
    { name: 'random integers are not seen by anybody', check: () => randomSecret(subject) },
  ];
};
