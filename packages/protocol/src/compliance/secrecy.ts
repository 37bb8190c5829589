import { bilinear } from '@triad/ring';
import { check, type Property } from './check.js';
import { findLeak } from './dependence.js';
import { type Observation, observe, type Sample, samples } from './observation.js';
import { take, tensor, type Value } from './sample.js';
import { type Subject, shareValue } from './subject.js';
import { truncateProduct } from './truncate-product.js';
import { lane, lanesOf } from './view.js';

/** A call on shares of the secret and of ones. */
type Call<S> = (sample: Sample<S>, x: S, y: S) => Promise<S | undefined>;

const mul = bilinear.mul();

const calls = <S>(owner: number): Record<string, Call<S>> => ({
  share: async () => undefined,
  'product, secret first': ({ party, call }, x, y) => party.protocol.bilinear(call, mul, x, y),
  'product, secret last': ({ party, call }, x, y) => party.protocol.bilinear(call, mul, y, x),
  'product with a constant': productWithConstant,
  'reveal to the owner': async ({ party, call }, x) => {
    (await party.protocol.reveal(call, x, owner))?.dispose();
    return undefined;
  },
});

/** Calls on secrets whose magnitude is limited. */
const truncatingCalls = <S>(): Record<string, Call<S>> => ({
  truncation: ({ party, call }, x) => party.protocol.truncate(call, x, 8),
  'truncated product': ({ party, call }, x, y) =>
    truncateProduct(party.protocol, call, { map: mul, x, y }, 8),
});

const ones = ({ shape, words }: Value): Value => ({ shape, words: words.map(() => 1n) });

/** Shares of constants are known to all, so that a mask missing from the result shows. */
const productWithConstant = async <S>({ party, call, secret }: Sample<S>, x: S): Promise<S> => {
  const { protocol } = party;
  const c = tensor(ones(secret));
  const y = protocol.constant(c);
  const z = await protocol.bilinear(call, mul, x, y);
  protocol.dispose(y);
  c.dispose();
  return z;
};

const onShares =
  <S>(owner: number, call: Call<S>) =>
  async (sample: Sample<S>): Promise<bigint> => {
    const { party, secret } = sample;
    const x = await shareValue(party, sample.x, owner, secret);
    const y = await shareValue(party, sample.y, owner, ones(secret));
    const z = await call(sample, x, y);
    for (const share of z === undefined ? [x, y] : [x, y, z]) party.protocol.dispose(share);
    return secret.words[0]!;
  };

const randomBits = 8;

/** The secret is the integer itself. */
const onRandom = async <S>({ party, call, unseen }: Sample<S>): Promise<bigint> => {
  const { protocol } = party;
  const r = await protocol.random!(call, [2], randomBits);
  const out = (await protocol.reveal(unseen, r))!;
  protocol.dispose(r);
  return take(out).words[0]!;
};

/** All sets of `count` of these ranks. */
const coalitions = (ranks: readonly number[], count: number): number[][] =>
  count === 0
    ? [[]]
    : ranks.flatMap((rank, i) => coalitions(ranks.slice(i + 1), count - 1).map((rest) => [rank, ...rest]));

const ranksOf = (parties: number): number[] => Array.from({ length: parties }, (_, rank) => rank);

/** Checks that none of these coalitions sees one of the secret's lowest bits. */
const checkSecrecy = (
  observed: readonly (readonly Observation[])[],
  corrupted: readonly number[][],
  bits: number,
): void => {
  const secrets = observed[0]!.map(({ secret }) => secret);
  const lanes = ranksOf(bits).map((b) => lane(samples, (i) => Number((secrets[i]! >> BigInt(b)) & 1n)));
  for (const ranks of corrupted) {
    const seen = lanesOf(secrets.map((_, i) => ranks.flatMap((rank) => observed[rank]![i]!.view)));
    const leak = findLeak(seen, lanes, samples);
    check(leak === undefined, () => `of what ${ranks.join(' and ')} see, ${leak}`);
  }
};

interface OwnersCall<S> {
  readonly owner: number;
  readonly name: string;
  readonly call: Call<S>;
  /** The secret's magnitude is below 2^bits. */
  readonly bits: number;
}

/** The owner knows the secret: coalitions are made of the others. */
const ownersSecret = async <S>(subject: Subject<S>, { owner, call, bits }: OwnersCall<S>): Promise<void> => {
  const { parties, claim } = subject.scheme;
  const others = ranksOf(parties).filter((rank) => rank !== owner);
  const corrupted = coalitions(others, Math.min(claim.corrupted, others.length));
  checkSecrecy(await observe(subject.scheme, bits, onShares(owner, call)), corrupted, 64);
};

const randomSecret = async <S>({ scheme }: Subject<S>): Promise<void> => {
  const corrupted = coalitions(ranksOf(scheme.parties), scheme.claim.corrupted);
  checkSecrecy(await observe(scheme, 63, onRandom), corrupted, randomBits);
};

/** Two owners, so that every party is once not the owner. */
const ownersCalls = <S>({ scheme, truncation }: Subject<S>): OwnersCall<S>[] =>
  [0, scheme.parties - 1].flatMap((owner) => {
    const having =
      (bits: number) =>
      ([name, call]: [string, Call<S>]) => ({ owner, name, call, bits });
    return [
      ...Object.entries(calls<S>(owner)).map(having(63)),
      ...Object.entries(truncatingCalls<S>()).map(having(truncation.magnitudeBits - 1)),
    ];
  });

/**
 * For schemes that claim to withstand somebody: what the corrupted parties receive and draw is independent of the
 * secret.
 */
export const secrecy = <S>(subject: Subject<S>): Property[] => {
  const { claim, cost } = subject.scheme;
  if (claim.adversary === 'none') return [];
  const properties: Property[] = ownersCalls(subject).map((each) => ({
    name: `${each.name}: others see nothing of a secret of party ${each.owner}`,
    check: () => ownersSecret(subject, each),
  }));
  if (cost.random === undefined) return properties;
  return [...properties, { name: 'random integers: nobody sees them', check: () => randomSecret(subject) }];
};
