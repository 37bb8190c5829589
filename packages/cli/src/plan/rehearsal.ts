import type { Rehearsal, RehearsedCall, RehearsedRun } from '@triad/layers';
import type { Cost } from '@triad/protocol';

/** What a whole job costs. */
export interface JobPlan {
  /** Calls outside steps: shared data, drawn weights, revealed parameters. */
  readonly calls: readonly Exclude<RehearsedCall, { readonly kind: 'run' }>[];
  readonly runs: readonly { readonly run: RehearsedRun; readonly count: number }[];
  readonly total: Cost;
}

/** Collects the calls of a program that runs without others. */
export const rehearse = (outside: readonly string[]): { readonly network: Rehearsal; plan(): JobPlan } => {
  const calls: Exclude<RehearsedCall, { kind: 'run' }>[] = [];
  const counts = new Map<RehearsedRun, number>();
  const network: Rehearsal = {
    outside,
    join: () => Promise.reject(new Error('a rehearsal meets nobody')),
    rehearse: (call) => {
      if (call.kind === 'run') counts.set(call.run, (counts.get(call.run) ?? 0) + 1);
      else calls.push(call);
    },
  };
  return {
    network,
    plan: () => {
      const runs = [...counts].map(([run, count]) => ({ run, count }));
      return { calls, runs, total: total(calls, runs) };
    },
  };
};

/** Rounds that steps of this kind take in all. Where steps change weights, they overlap; others are waited for. */
export const roundsOf = ({ run: { plan }, count }: JobPlan['runs'][number]): number =>
  plan.roundsPerStep > 0 ? plan.rounds + (count - 1) * plan.roundsPerStep : count * plan.rounds;

const total = (calls: JobPlan['calls'], runs: JobPlan['runs']): Cost => {
  const costs = [
    ...calls.map(({ cost }) => cost),
    ...runs.map((each) => ({
      rounds: roundsOf(each),
      bytes: each.run.plan.bytes.map((bytes) => bytes * each.count),
    })),
  ];
  const parties = Math.max(0, ...costs.map(({ bytes }) => bytes.length));
  return {
    rounds: costs.reduce((sum, { rounds }) => sum + rounds, 0),
    bytes: Array.from({ length: parties }, (_, rank) =>
      costs.reduce((sum, { bytes }) => sum + (bytes[rank] ?? 0), 0),
    ),
  };
};
