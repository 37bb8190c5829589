import { FloatTwin, NdArray, type Program } from '@triad/layers';
import { images, type Part } from './digits.js';
import type { Model } from './model.js';
import { type Outcome, stepCount, type Training, type Weights } from './party.js';

export interface Comparison {
  /** The same training in float64: same program, batches and initial weights, on data in the open. */
  readonly twin: Pick<Outcome, 'losses' | 'right' | 'heldOut'>;
  /** |accuracy - that of the twin|, in points of a hundred. */
  readonly gap: number;
  /** Whether it is as small as the model promises. */
  readonly ok: boolean;
}

/** Repeats in the open what the parties computed on shares. Only a demonstration can: it has everybody's data. */
export const compare = (model: Model, encrypted: Outcome, options: Training): Comparison => {
  const twin = trainTwin(model, encrypted.initial, options);
  const gap = (100 * Math.abs(encrypted.right - twin.right)) / twin.heldOut;
  return { twin, gap, ok: gap <= model.gap };
};

const trainTwin = (model: Model, initial: Weights, options: Training): Comparison['twin'] => {
  const twin = twinOf(model.training(stepCount(options)), initial);
  const losses: number[] = [];
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    const steps = stepsOf(model, 'train', options).map((feed) =>
      twin.run({ feed, fetchList: ['loss'] })[0]!.item(),
    );
    losses.push(steps.reduce((a, b) => a + b, 0) / steps.length);
  }
  const weights = Object.fromEntries([...twin.parameters].map(([name, value]) => [name, [...value.data]]));
  const scorer = twinOf(model.scoring, weights);
  const steps = stepsOf(model, 'heldOut', options);
  const counts = steps.map((feed) => scorer.run({ feed, fetchList: ['right'] })[0]!.item());
  const heldOut = steps.reduce((sum, { image }) => sum + image.shape[0]!, 0);
  return { losses, right: counts.reduce((a, b) => a + b, 0), heldOut };
};

const stepsOf = ({ labels }: Model, part: Part, { batch, rows }: Training) => {
  const [image, label] = [images(part, rows), labels(part, rows)];
  const count = image.shape[0]!;
  return Array.from({ length: Math.ceil(count / batch) }, (_, i) => {
    const [start, end] = [i * batch, Math.min((i + 1) * batch, count)];
    return { image: image.rows(start, end), label: label.rows(start, end) };
  });
};

const twinOf = (program: Program, weights: Weights): FloatTwin => {
  const known = program.parameters.filter(({ attributes: { name } }) => name in weights);
  const arrays = known.map(({ attributes: { name, shape } }) => [
    name,
    new NdArray(shape, Float64Array.from(weights[name]!)),
  ]);
  return new FloatTwin(program, Object.fromEntries(arrays));
};
