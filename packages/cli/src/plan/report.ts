import type { RehearsedRun } from '@triad/layers';
import type { Cost } from '@triad/protocol';
import { formatBytes, formatSeconds, formatTable } from '../quantity.js';
import { type JobPlan, roundsOf } from './rehearsal.js';

/** Networks that times are estimated for. */
const networks = {
  lan: { name: 'LAN, 0.2 ms and 1 Gbit/s', latency: 0.2e-3, bytesPerSecond: 1e9 / 8 },
  wan: { name: 'WAN, 20 ms and 100 Mbit/s', latency: 20e-3, bytesPerSecond: 100e6 / 8 },
} as const;

type NetworkName = keyof typeof networks;

/** Seconds on the network alone: rounds one after the other, and what the busiest party sends. */
export const estimate = ({ rounds, bytes }: Cost, network: NetworkName): number => {
  const { latency, bytesPerSecond } = networks[network];
  return rounds * latency + Math.max(0, ...bytes) / bytesPerSecond;
};

const secondsOf = (cost: Cost) => ({ lan: estimate(cost, 'lan'), wan: estimate(cost, 'wan') });

/** What one more step adds. */
const stepCost = ({ plan }: RehearsedRun): Cost => ({
  rounds: plan.roundsPerStep > 0 ? plan.roundsPerStep : plan.rounds,
  bytes: plan.bytes,
});

/** One JSON object. */
export const planRecord = ({ calls, runs, total }: JobPlan) => ({
  calls,
  runs: runs.map(({ run, count }) => {
    const { rounds, roundsPerStep, bytes, ops } = run.plan;
    const { batch = null, program } = run;
    return {
      program: program.hash(),
      batch,
      fetched: namesOf(run),
      count,
      rounds,
      roundsPerStep,
      bytes,
      ops,
    };
  }),
  total: { ...total, seconds: secondsOf(total) },
});

/** For people. */
export const planText = (plan: JobPlan): string =>
  [
    ...(plan.calls.length === 0 ? [] : [`Once\n${callTable(plan.calls)}`]),
    ...plan.runs.map((each, i) => `${runTitle(each, i)}\n${opTable(each.run)}`),
    totalText(plan.total),
  ].join('\n\n');

const bytesOf = (bytes: readonly number[]): string => bytes.map(formatBytes).join(' / ');
const heading = 'bytes sent by 0 / 1 / 2';
const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

const callTable = (calls: JobPlan['calls']): string =>
  formatTable([
    ['call', 'name', 'shape', 'rounds', heading],
    ...calls.map(({ kind, name, shape, cost }) => [
      kind,
      name,
      shapeText(shape),
      String(cost.rounds),
      bytesOf(cost.bytes),
    ]),
  ]);

const runTitle = (each: JobPlan['runs'][number], index: number): string => {
  const { run, count } = each;
  const { rounds, roundsPerStep, bytes } = run.plan;
  const names = namesOf(run);
  const [batch, fetched] = [run.batch ?? 'none', names.length === 0 ? 'nothing' : names.join(', ')];
  const { lan, wan } = secondsOf(stepCost(run));
  const overlap = roundsPerStep > 0 ? `, ${Number(roundsPerStep.toFixed(2))} when steps overlap` : '';
  const step = `a step: ${rounds} rounds${overlap}; ${bytesOf(bytes)}; LAN ${formatSeconds(lan)}, WAN ${formatSeconds(wan)}`;
  return `Program ${index + 1}, batch ${batch}, reveals ${fetched}: ${count} step${count === 1 ? '' : 's'}, ${roundsOf(each)} rounds\n${step}`;
};

const opTable = ({ plan }: RehearsedRun): string =>
  formatTable([
    ['op', 'of', 'shape', 'from round', 'rounds', heading],
    ...plan.ops.map(({ op, name, shape, start, rounds, bytes }) => [
      op,
      name,
      shapeText(shape),
      String(start),
      String(rounds),
      bytesOf(bytes),
    ]),
  ]);

const namesOf = ({ fetchList }: RehearsedRun): string[] =>
  fetchList.map((each) => (typeof each === 'string' ? each : each.name));

const totalText = (total: Cost): string =>
  [
    `In all about ${Math.round(total.rounds)} rounds; sent by 0 / 1 / 2: ${bytesOf(total.bytes)}`,
    ...(['lan', 'wan'] as const).map(
      (name) => `${networks[name].name}: about ${formatSeconds(estimate(total, name))}`,
    ),
    'Times are of the network alone, without computation.',
  ].join('\n');
