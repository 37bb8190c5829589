import { type Executor, metric, NdArray, type Weights } from '@triad/layers';
import { clicks, scoring, training } from './machine.js';

/** Days to learn from, and the days after them. */
export const days = { train: [0, 6], heldOut: [6, 8] } as const;

export interface Outcome {
  /** Weights by name that training started from: drawn under sharing, then revealed, so that it can be repeated in the open. */
  readonly initial: Weights;
  /** Of every epoch. */
  readonly losses: readonly number[];
  /** Area under the ROC curve on the held-out days. */
  readonly auc: number;
}

/** What each party of the job does; the analyst alone gets losses and probabilities. */
export const train = async (exe: Executor, epochs: number): Promise<Outcome | undefined> => {
  const { x, y } = await shareDays(exe, 'train');
  await exe.run({ program: scoring, feed: { x }, fetchList: ['probability'] });
  const initial = await revealWeights(exe);
  const runs = Array.from({ length: epochs }, () =>
    exe.run({ program: training, feed: { x, y }, fetchList: ['loss'] }),
  );
  const losses = (await Promise.all(runs)).flatMap(([loss]) => (loss === undefined ? [] : [loss.item()]));
  const { x: heldOut } = await shareDays(exe, 'heldOut');
  const [probability] = await exe.run({ program: scoring, feed: { x: heldOut }, fetchList: ['probability'] });
  if (probability === undefined || initial === undefined) return undefined;
  return { initial, losses, auc: metric.auc(probability, clicks(...days.heldOut).y) };
};

const shareDays = (exe: Executor, part: keyof typeof days) => {
  const [from, to] = days[part];
  const { x, y } = clicks(from, to);
  return exe.share({
    x: { owner: 'shop', shape: x.shape, values: x },
    y: { owner: 'shop', shape: y.shape, values: y },
  });
};

const revealWeights = async (exe: Executor): Promise<Weights | undefined> => {
  const names = scoring.parameters.map(({ attributes }) => attributes.name);
  const values = await Promise.all(names.map((name) => exe.reveal(exe.parameters.get(name)!, 'analyst')));
  const known = values.filter((value) => value instanceof NdArray);
  return known.length < names.length
    ? undefined
    : Object.fromEntries(known.map((value, i) => [names[i]!, value]));
};
