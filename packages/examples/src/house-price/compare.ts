import { FloatTwin, NdArray, type Program } from '@triad/layers';
import { features, prices, rows } from './houses.js';
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
export const compare = (encrypted: Outcome, options: Training): Comparison => {
  const twin = trainTwin(encrypted.initial, options);
  const lossErrors = twin.losses.map((loss, i) => Math.abs(encrypted.losses[i]! - loss) / loss);
  const r2Error = Math.abs(encrypted.r2 - twin.r2);
  const ok = lossErrors.every((error) => error <= tolerance.loss) && r2Error <= tolerance.r2;
  return { twin, lossErrors, r2Error, ok };
};

const all = {
  city: features('city', 'train'),
  agency: features('agency', 'train'),
  price: prices('train'),
};

const trainTwin = (initial: Weights, { epochs, batch }: Training): Outcome => {
  const twin = twinOf(training, initial);
  const losses = [lossOf(twin)];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (let start = 0; start < rows.train; start += batch) {
      const end = Math.min(start + batch, rows.train);
      const parts = Object.entries(all).map(([name, values]) => [name, values.rows(start, end)]);
      twin.run({ feed: Object.fromEntries(parts) });
    }
    losses.push(lossOf(twin));
  }
  return { initial, losses, ...score(twin) };
};

const score = (twin: FloatTwin): Omit<Outcome, 'initial' | 'losses'> => {
  const feed = {
    city: features('city', 'heldOut'),
    agency: features('agency', 'heldOut'),
    price: prices('heldOut'),
  };
  const weights = weightsOf(twin);
  const fetchList = ['predictions', 'error', 'variance'];
  const [predictions, error, variance] = twinOf(scoring, weights).run({ feed, fetchList });
  return {
    weights,
    predictions: [...predictions!.data],
    mse: meanOf(error!.item(), rows.heldOut),
    r2: 1 - error!.item() / variance!.item(),
  };
};

const lossOf = (twin: FloatTwin): number => {
  const [sum] = twinOf(evaluation, weightsOf(twin)).run({ feed: all, fetchList: ['loss'] });
  return meanOf(sum!.item(), rows.train);
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
