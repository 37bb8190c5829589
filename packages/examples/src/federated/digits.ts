/** A feature extractor of digits that anybody may have: two layers, trained in the open on digits that are no secret. */
import {
  data,
  FloatTwin,
  layers,
  NdArray,
  optimizer,
  type Program,
  program,
  type Variable,
  type Weights,
} from '@triad/layers';
import { classes, images, oneHot, pixels } from '../mnist/digits.js';
import { uniform } from '../shuffle.js';

/** Numbers that the extractor makes of an image. */
export const extracted = 32;
/** Public digits, from the held-out ones. */
const publicRows = 1000;
const [epochs, batch] = [4, 50];

const featuresOf = (image: Variable): Variable =>
  layers.fc({ input: image, size: extracted, act: 'relu', name: 'extractor' });

const training = (): Program =>
  program(() => {
    const image = data({ name: 'image', shape: [null, pixels] });
    const label = data({ name: 'label', shape: [null, classes] });
    const logits = layers.fc({ input: featuresOf(image), size: classes, name: 'public-head' });
    const loss = layers.mean(layers.softmaxCrossEntropyWithLogits({ input: logits, label }));
    new optimizer.Momentum({ learningRate: 0.1, momentum: 0.9 }).minimize(loss);
  });

/** Small random weights that a public seed fixes. */
const initial = ({ parameters }: Program): Weights => {
  const next = uniform(20261129);
  return Object.fromEntries(
    parameters.flatMap(({ attributes: { name, shape, initializer } }) => {
      if (initializer.kind !== 'uniform') return [];
      const values = Float64Array.from(
        { length: shape.reduce((a, b) => a * b, 1) },
        () => initializer.limit * next(),
      );
      return [[name, new NdArray(shape, values)]];
    }),
  );
};

/** Trains the extractor; resolves to what turns images into features. */
export const publicExtractor = (): ((image: NdArray) => NdArray) => {
  const trained = new FloatTwin(training(), initial(training()));
  const [shown, label] = [images('heldOut', publicRows), oneHot('heldOut', publicRows)];
  for (let epoch = 0; epoch < epochs; epoch++)
    for (let at = 0; at < publicRows; at += batch)
      trained.run({ feed: { image: shown.rows(at, at + batch), label: label.rows(at, at + batch) } });
  let features: Variable | undefined;
  const extraction = program(() => {
    features = featuresOf(data({ name: 'image', shape: [null, pixels] }));
  });
  const known = extraction.parameters.map(({ attributes: { name } }) => name);
  const extractor = new FloatTwin(
    extraction,
    Object.fromEntries(known.map((name) => [name, trained.parameters.get(name)!])),
  );
  return (image) => extractor.run({ feed: { image }, fetchList: [features!] })[0]!;
};
