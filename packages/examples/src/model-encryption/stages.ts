import { type Executor, FloatTwin, NdArray, type Weights } from '@triad/layers';
import { features, type Part, prices, rows } from '../house-price/houses.js';
import { scoring, training } from '../house-price/model.js';

/**
 * A model that is encrypted between its owner and whoever uses it, as PaddleFL's model_encryption example has it: its owner trains it
 * on data in the open and encrypts it; three computing parties train it further on data that they do not see; then they predict
 * with it, for somebody who gets the predictions but never the model.
 */

/** Rows of the training set that the owner has in the open; the others are secret. */
export const openRows = 202;

const batch = 32;

/** Stage 1, in the open: what the owner's rows teach. */
export const trainInTheOpen = (epochs: number): Weights => {
  const start = { 'price.w_0': new NdArray([13, 1]), 'price.b_0': new NdArray([1]) };
  const twin = new FloatTwin(training, start);
  const feed = {
    city: features('city', 'train'),
    agency: features('agency', 'train'),
    price: prices('train'),
  };
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const [from, to] of steps(0, openRows)) {
      const part = Object.entries(feed).map(([name, values]) => [name, values.rows(from, to)]);
      twin.run({ feed: Object.fromEntries(part) });
    }
  }
  return Object.fromEntries(twin.parameters);
};

const steps = (start: number, end: number): [number, number][] =>
  Array.from({ length: Math.ceil((end - start) / batch) }, (_, i) => [
    start + i * batch,
    Math.min(start + (i + 1) * batch, end),
  ]);

/** Only their owners look at the values. */
const shareAll = (exe: Executor, part: Part) => {
  const columns = (owner: 'city' | 'agency', width: number) => ({
    owner,
    shape: [rows[part], width],
    values: () => features(owner, part),
  });
  return exe.share({
    city: columns('city', 10),
    agency: columns('agency', 3),
    price: { owner: 'agency', shape: [rows[part], 1], values: () => prices(part) },
  });
};

/** Stage 2, at every party: goes on with the rows nobody shows, and returns a computing party's new file. */
export const update = async (
  exe: Executor,
  file: Uint8Array | undefined,
  epochs: number,
): Promise<Uint8Array | undefined> => {
  await exe.load(file);
  const { city, agency, price } = await shareAll(exe, 'train');
  const running: Promise<unknown>[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const [from, to] of steps(openRows, rows.train)) {
      const feed = { city: city.rows(from, to), agency: agency.rows(from, to), price: price.rows(from, to) };
      running.push(exe.run({ program: training, feed }));
    }
  }
  await Promise.all(running);
  return exe.save();
};

/** Stage 3, at every party: predictions for the held-out rows, at the analyst alone. */
export const predict = async (
  exe: Executor,
  file: Uint8Array | undefined,
): Promise<readonly number[] | undefined> => {
  await exe.load(file);
  const [predictions] = await exe.run({
    program: scoring(rows.heldOut),
    feed: await shareAll(exe, 'heldOut'),
    fetchList: ['predictions'],
  });
  return predictions && [...predictions.data];
};
