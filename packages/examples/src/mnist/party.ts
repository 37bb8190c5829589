import { type Executor, NdArray, type Shared } from '@triad/layers';
import { images, type Part, pixels, rows as rowsOf } from './digits.js';
import type { Model } from './model.js';
import { resultParty } from './model.js';

export interface Training {
  /** Passes over the training rows. */
  readonly epochs: number;
  /** Rows of a step. */
  readonly batch: number;
  /** Rows to train on, and to test on; default: all. */
  readonly rows?: number;
}

/** Weights by name. */
export type Weights = Readonly<Record<string, readonly number[]>>;

/** What the result party gets. */
export interface Outcome {
  /** What training started from: drawn under sharing, then revealed, so that it can be repeated in the open. */
  readonly initial: Weights;
  /** Mean loss of the steps of each epoch. */
  readonly losses: readonly number[];
  /** Held-out rows that are classified right, of so many: before training, and after it. */
  readonly before: number;
  readonly right: number;
  readonly heldOut: number;
}

/** Called at the result party after each epoch, from 1. */
export type Watch = (epoch: number, loss: number) => void;

type Feed = Readonly<Record<'image' | 'label', Shared>>;

/** What each party of the job does. Resolves to the outcome at the result party, elsewhere to undefined. */
export const train = async (
  exe: Executor,
  model: Model,
  options: Training,
  watch: Watch,
): Promise<Outcome | undefined> => {
  const known = await shareAll(exe, model, { part: 'train', count: options.rows });
  const heldOut = await shareAll(exe, model, { part: 'heldOut', count: options.rows });
  const before = await score(exe, model, heldOut, options.batch);
  const initial = await revealWeights(exe, model);
  const program = model.training(stepCount(options));
  const losses: number[] = [];
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    const steps = stepsOf(known, options.batch).map((feed) =>
      exe.run({ program, feed, fetchList: ['loss'] }),
    );
    const values = (await Promise.all(steps)).flatMap(([loss]) => (loss === undefined ? [] : [loss.item()]));
    if (values.length === 0) continue;
    losses.push(values.reduce((a, b) => a + b, 0) / values.length);
    watch(epoch, losses.at(-1)!);
  }
  const right = await score(exe, model, heldOut, options.batch);
  if (initial === undefined || before === undefined || right === undefined) return undefined;
  return { initial, losses, before, right, heldOut: heldOut.image.shape[0]! };
};

/** Steps of a whole training. */
export const stepCount = ({ epochs, batch, rows }: Training): number =>
  epochs * Math.ceil(countOf('train', rows) / batch);

/** The rows of each step. */
const stepsOf = ({ image, label }: Feed, batch: number): Feed[] => {
  const count = image.shape[0]!;
  return Array.from({ length: Math.ceil(count / batch) }, (_, i) => {
    const [start, end] = [i * batch, Math.min((i + 1) * batch, count)];
    return { image: image.rows(start, end), label: label.rows(start, end) };
  });
};

interface Rows {
  readonly part: Part;
  readonly count: number | undefined;
}

const countOf = (part: Part, most = Number.POSITIVE_INFINITY): number => Math.min(rowsOf[part], most);

/** Only their owner looks at the values. */
const shareAll = (exe: Executor, { labels, outputs }: Model, { part, count }: Rows): Promise<Feed> => {
  const rows = countOf(part, count);
  return exe.share({
    image: { owner: 'scanner', shape: [rows, pixels], values: () => images(part, count) },
    label: { owner: 'reader', shape: [rows, outputs], values: () => labels(part, count) },
  });
};

/** Not those of the optimizer, which start at 0. */
const revealWeights = async (exe: Executor, { scoring }: Model): Promise<Weights | undefined> => {
  const names = scoring.parameters.map(({ attributes }) => attributes.name);
  const values = await Promise.all(names.map((name) => exe.reveal(exe.parameters.get(name)!, resultParty)));
  const known = values.filter((value) => value instanceof NdArray);
  if (known.length < values.length) return undefined;
  return Object.fromEntries(known.map((value, i) => [names[i], [...value.data]]));
};

/** How many rows are right, at the result party. */
const score = async (
  exe: Executor,
  { scoring }: Model,
  known: Feed,
  batch: number,
): Promise<number | undefined> => {
  const steps = stepsOf(known, batch).map((feed) =>
    exe.run({ program: scoring, feed, fetchList: ['right'] }),
  );
  const values = (await Promise.all(steps)).flatMap(([right]) => (right === undefined ? [] : [right.item()]));
  return values.length < steps.length ? undefined : values.reduce((a, b) => a + b, 0);
};
