import { FloatTwin, NdArray, type Program } from '@triad/layers';
import { type Houses, houses, type Part } from './houses.js';
import { evaluation, meanOf, scoring, training } from './model.js';
import type { Outcome, Training, Weights } from './party.js';

/** The bars the example holds itself to. */
export const tolerance = { loss: 0.01, r2: 0.002 } as const;

export interface Comparison {
  /** The same training in float64: same program, batches and initial weights, on data in the open. */
  readonly twin: Outcome;
  /** |encrypted - twin| / twin of every loss. */
  readonly lossErrors: readonly number[];
  readonly r2Error: number;
  /** Whether all of them are within `tolerance`. */
  readonly ok: boolean;
}

/** Repeats in the open what the parties computed on shares. Only a demonstration can: it has everybody's data. */
export const compare = (
  encrypted: Outcome,
  options: Training,
  known: Readonly<Record<Part, Houses>> = houses(),
): Comparison => {
  const twin = trainTwin(encrypted.initial, options, known);
  const lossErrors = twin.losses.map((loss, i) => Math.abs(encrypted.losses[i]! - loss) / loss);
  const r2Error = Math.abs(encrypted.r2 - twin.r2);
  const ok = lossErrors.every((error) => error <= tolerance.loss) && r2Error <= tolerance.r2;
  return { twin, lossErrors, r2Error, ok };
};

const trainTwin = (
  initial: Weights,
  { epochs, batch }: Training,
  { train, heldOut }: Readonly<Record<Part, Houses>>,
): Outcome => {
  const twin = twinOf(training, initial);
  const losses = [lossOf(twin, train)];
  const count = countOf(train);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (let start = 0; start < count; start += batch) {
      const end = Math.min(start + batch, count);
      const parts = Object.entries(train).map(([name, values]) => [name, values.rows(start, end)]);
      twin.run({ feed: Object.fromEntries(parts) });
    }
    losses.push(lossOf(twin, train));
  }
  return { initial, losses, ...score(twin, heldOut) };
};

const countOf = ({ price }: Houses): number => price.shape[0]!;

const score = (twin: FloatTwin, heldOut: Houses): Omit<Outcome, 'initial' | 'losses'> => {
  const weights = weightsOf(twin);
  const fetchList = ['predictions', 'error', 'variance'];
  const count = countOf(heldOut);
  const [predictions, error, variance] = twinOf(scoring(count), weights).run({
    feed: { ...heldOut },
    fetchList,
  });
  return {
    weights,
    predictions: [...predictions!.data],
    mse: meanOf(error!.item(), count),
    r2: 1 - error!.item() / variance!.item(),
  };
};

const lossOf = (twin: FloatTwin, train: Houses): number => {
  const count = countOf(train);
  const [sum] = twinOf(evaluation(count), weightsOf(twin)).run({ feed: { ...train }, fetchList: ['loss'] });
  return meanOf(sum!.item(), count);
};

const weightsOf = (twin: FloatTwin): Weights =>
  Object.fromEntries([...twin.parameters].map(([name, value]) => [name, [...value.data]]));

const twinOf = (program: Program, weights: Weights): FloatTwin => {
  const shapes = new Map(program.parameters.map(({ attributes }) => [attributes.name, attributes.shape]));
  const arrays = Object.entries(weights).map(([name, flat]) => [
    name,
    new NdArray(shapes.get(name)!, Float64Array.from(flat)),
  ]);
  return new FloatTwin(program, Object.fromEntries(arrays));
};
