import { type Executor, NdArray, type Shared } from '@triad/layers';
import { columns, features, type Owner, type Part, prices, rows } from './houses.js';
import { evaluation, meanOf, parameters, scoring, training } from './model.js';

export interface Training {
  /** Passes over the training rows. */
  readonly epochs: number;
  /** Rows of a step. */
  readonly batch: number;
}

/** Weights by name. */
export type Weights = Readonly<Record<string, readonly number[]>>;

/** What the result party gets. */
export interface Outcome {
  /** What training started from: drawn under sharing, then revealed, so that it can be repeated in the open. */
  readonly initial: Weights;
  /** Mean squared error over the training rows: before training, then after each epoch. */
  readonly losses: readonly number[];
  readonly weights: Weights;
  /** Of the held-out rows. */
  readonly predictions: readonly number[];
  /** Mean squared error and R2 on the held-out rows. */
  readonly mse: number;
  readonly r2: number;
}

/** Called at the result party with the loss after each epoch; 0 is before training. */
export type Watch = (epoch: number, loss: number) => void;

/** Shares of all columns: of the rows to train on, and of others. */
export type SharedHouses = Readonly<Record<Part, Feed>>;

/**
 * What each party of the job does; roles differ only in what they own and in what is revealed to them. Resolves to the
 * outcome at the result party, elsewhere to undefined.
 */
export const train = async (
  exe: Executor,
  houses: SharedHouses,
  { epochs, batch }: Training,
  watch: Watch,
): Promise<Outcome | undefined> => {
  const known = houses.train;
  const count = known.price.shape[0]!;
  const program = evaluation(count);
  const losses: number[] = [];
  const measure = async (epoch: number) => {
    const [sum] = await exe.run({ program, feed: known, fetchList: ['loss'] });
    if (sum === undefined) return;
    losses.push(meanOf(sum.item(), count));
    watch(epoch, losses[epoch]!);
  };
  await measure(0);
  const initial = await revealWeights(exe);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    await Promise.all([...steps(exe, known, batch), measure(epoch)]);
  }
  return outcome(exe, houses.heldOut, { initial, losses });
};

/** The steps of an epoch, one call after the other without waiting: they overlap. */
const steps = (exe: Executor, { city, agency, price }: Feed, batch: number): Promise<unknown>[] => {
  const running: Promise<unknown>[] = [];
  const count = price.shape[0]!;
  for (let start = 0; start < count; start += batch) {
    const end = Math.min(start + batch, count);
    const feed = {
      city: city.rows(start, end),
      agency: agency.rows(start, end),
      price: price.rows(start, end),
    };
    running.push(exe.run({ program: training, feed }));
  }
  return running;
};

export interface Feed extends Readonly<Record<string, Shared>> {
  readonly city: Shared;
  readonly agency: Shared;
  readonly price: Shared;
}

/** Every owner's columns, shared once for all steps; only their owner looks at the values. */
export const shareAll = async (exe: Executor): Promise<SharedHouses> => ({
  train: await sharePart(exe, 'train'),
  heldOut: await sharePart(exe, 'heldOut'),
});

const sharePart = (exe: Executor, part: Part): Promise<Feed> => {
  const columnsOf = (owner: Owner) => ({
    owner,
    shape: [rows[part], columns[owner].length],
    values: () => features(owner, part),
  });
  return exe.share({
    city: columnsOf('city'),
    agency: columnsOf('agency'),
    price: { owner: 'agency', shape: [rows[part], 1], values: () => prices(part) },
  });
};

const revealWeights = async (exe: Executor): Promise<Weights | undefined> => {
  const values = await Promise.all(
    parameters.map((name) => exe.reveal(exe.parameters.get(name)!, 'analyst')),
  );
  const known = values.filter((value) => value instanceof NdArray);
  if (known.length < values.length) return undefined;
  return Object.fromEntries(known.map((value, i) => [parameters[i], [...value.data]]));
};

interface Trained {
  readonly initial: Weights | undefined;
  readonly losses: readonly number[];
}

const outcome = async (
  exe: Executor,
  feed: Feed,
  { initial, losses }: Trained,
): Promise<Outcome | undefined> => {
  const weights = await revealWeights(exe);
  const fetchList = ['predictions', 'error', 'variance'];
  const count = feed.price.shape[0]!;
  const values = await exe.run({ program: scoring(count), feed, fetchList });
  const [predictions, error, variance] = values;
  if (initial === undefined || weights === undefined) return undefined;
  if (predictions === undefined || error === undefined || variance === undefined) return undefined;
  return {
    initial,
    losses,
    weights,
    predictions: [...predictions.data],
    mse: meanOf(error.item(), count),
    r2: 1 - error.item() / variance.item(),
  };
};
