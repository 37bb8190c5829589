import { check, type Property } from './check.js';
import { findLeak } from './dependence.js';
import { type Observation, observe, type Scenario, samples } from './observation.js';
import {
  type OwnersScenario,
  outsideScenarios,
  ownersScenarios,
  randomBits,
  randomScenario,
} from './secret-call.js';
import type { Subject } from './subject.js';
import { lane, lanesOf } from './view.js';

/** All sets of `count` of these ranks. */
const coalitions = (ranks: readonly number[], count: number): number[][] =>
  count === 0
    ? [[]]
    : ranks.flatMap((rank, i) => coalitions(ranks.slice(i + 1), count - 1).map((rest) => [rank, ...rest]));

/** Checks that what these parties see together does not depend on the secret's lowest bits. */
const checkCoalition = (
  observed: readonly (readonly Observation[])[],
  ranks: readonly number[],
  bits: number,
): void => {
  const secrets = observed[0]!.map(({ secret }) => secret);
  const lanes = Array.from({ length: bits }, (_, b) =>
    lane(samples, (i) => Number((secrets[i]! >> BigInt(b)) & 1n)),
  );
  const seen = lanesOf(secrets.map((_, i) => ranks.flatMap((rank) => observed[rank]![i]!.view)));
  const leak = findLeak(seen, lanes, samples);
  check(leak === undefined, () => `of what ${ranks.join(' and ')} see, ${leak}`);
};

/** Every coalition of as many parties as may be corrupted; an owner knows its secret and is in none. */
const checkSecrecy = async <S>(
  { scheme }: Subject<S>,
  scenario: Scenario<S>,
  bits: number,
  owner?: number,
): Promise<void> => {
  const ranks = Array.from({ length: scheme.parties }, (_, rank) => rank).filter((rank) => rank !== owner);
  const observed = await observe(scheme, scenario);
  const count = Math.min(scheme.claim.corrupted, ranks.length);
  for (const coalition of coalitions(ranks, count)) checkCoalition(observed, coalition, bits);
};

/** Two owners, so that every party is once not the owner, and an outside one. */
const scenarios = <S>({ scheme, truncation }: Subject<S>): OwnersScenario<S>[] => {
  const { magnitudeBits } = truncation;
  const inside = [0, scheme.parties - 1].flatMap((owner) => ownersScenarios<S>(owner, magnitudeBits));
  if (scheme.client === undefined) return inside;
  return [...inside, ...outsideScenarios<S>(scheme.parties, magnitudeBits)];
};

/**
 * For schemes that claim to withstand somebody: what the corrupted parties receive and draw is independent of the
 * secret.
 */
export const secrecy = <S>(subject: Subject<S>): Property[] => {
  const { claim, cost, parties } = subject.scheme;
  if (claim.adversary === 'none') return [];
  const properties: Property[] = scenarios(subject).map((scenario) => {
    const { name, owner } = scenario;
    const who = owner < parties ? `party ${owner}` : 'an outside party';
    return {
      name: `${name}: others see nothing of a secret of ${who}`,
      check: () => checkSecrecy(subject, scenario, 64, owner),
    };
  });
  if (cost.random === undefined) return properties;
  const random = () => checkSecrecy(subject, randomScenario<S>(), randomBits);
  return [...properties, { name: 'random integers: nobody sees them', check: random }];
};
