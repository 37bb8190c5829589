import { check, type Property } from './check.js';
import { findLeak } from './dependence.js';
import { type Observation, observe, type Scenario } from './observation.js';
import { type OwnersScenario, outsideScenarios, ownersScenarios, randomScenario } from './secret-call.js';
import type { Subject } from './subject.js';
import { lane, lanesOf } from './view.js';

/** All sets of `count` of these ranks. */
const coalitions = (ranks: readonly number[], count: number): number[][] =>
  count === 0
    ? [[]]
    : ranks.flatMap((rank, i) => coalitions(ranks.slice(i + 1), count - 1).map((rest) => [rank, ...rest]));

type Observed = readonly (readonly Observation[])[];

/** Checks that what these parties see together does not depend on the secret's lowest bits. */
const checkCoalition = (observed: Observed, ranks: readonly number[], bits: number): void => {
  const secrets = observed[0]!.map(({ secret }) => secret);
  const lanes = Array.from({ length: bits }, (_, b) =>
    lane(secrets.length, (i) => Number((secrets[i]! >> BigInt(b)) & 1n)),
  );
  const seen = lanesOf(secrets.map((_, i) => ranks.flatMap((rank) => observed[rank]![i]!.view)));
  const leak = findLeak(seen, lanes, secrets.length);
  check(leak === undefined, () => `of what ${ranks.join(' and ')} see, ${leak}`);
};

/** At least so many runs, and more where parties see more words than they could tell apart from chance. */
const fewest = 512;

const observeEnough = async <S>({ scheme }: Subject<S>, scenario: Scenario<S>): Promise<Observed> => {
  const observed = await observe(scheme, scenario, fewest);
  const views = observed.flatMap(([first]) => first!.view);
  const needed = 2 * views.reduce((sum, [, bytes]) => sum + bytes.length / 8, 0);
  return needed <= fewest ? observed : observe(scheme, scenario, needed);
};

/** Every coalition of as many parties as may be corrupted; an owner knows its secret and is in none. */
const checkSecrecy = async <S>(subject: Subject<S>, scenario: Scenario<S>, owner?: number): Promise<void> => {
  const { parties, claim } = subject.scheme;
  const ranks = Array.from({ length: parties }, (_, rank) => rank).filter((rank) => rank !== owner);
  const observed = await observeEnough(subject, scenario);
  const count = Math.min(claim.corrupted, ranks.length);
  for (const coalition of coalitions(ranks, count)) checkCoalition(observed, coalition, scenario.seenBits);
};

/** Two owners, so that every party is once not the owner, and an outside one. */
const scenarios = <S>(subject: Subject<S>): OwnersScenario<S>[] => {
  const { client, parties } = subject.scheme;
  const inside = [0, parties - 1].flatMap((owner) => ownersScenarios(subject, owner));
  return client === undefined ? inside : [...inside, ...outsideScenarios(subject, parties)];
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
      check: () => checkSecrecy(subject, scenario, owner),
    };
  });
  if (cost.random === undefined) return properties;
  const random = () => checkSecrecy(subject, randomScenario<S>());
  return [...properties, { name: 'random integers: nobody sees them', check: random }];
};
