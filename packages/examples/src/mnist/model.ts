import {
  data,
  layers,
  type NdArray,
  optimizer,
  type Program,
  program,
  reveal,
  type Variable,
} from '@triad/layers';
import { classes, isHigh, oneHot, type Part, pixels } from './digits.js';

/** Who takes part beside the three computing parties: who has the images, who knows the digits, and who gets results. */
export const outside = ['scanner', 'reader', 'analyst'] as const;
export const resultParty = 'analyst';

/** A classifier of digits. */
export interface Model {
  readonly title: string;
  /** One step of so many; the mean loss of its rows goes to the analyst. */
  readonly training: (steps: number) => Program;
  /** How many of its rows are right goes to the analyst. */
  readonly scoring: Program;
  /** How many numbers a label is. */
  readonly outputs: number;
  readonly labels: (part: Part, count?: number) => NdArray;
  /** By how many points the accuracy may differ from that of the float twin. */
  readonly gap: number;
}

interface Design {
  readonly title: string;
  readonly outputs: 1 | 10;
  readonly logits: (image: Variable) => Variable;
  /** At the first step; it falls to 0. */
  readonly learningRate: number;
  readonly gap: number;
}

/** Steps of 128 rows: gradients of their sum are as large as they can be in fixed point. */
const lossScale = 128;

const inputs = (outputs: number) => ({
  image: data({ name: 'image', shape: [null, pixels] }),
  label: data({ name: 'label', shape: [null, outputs] }),
});

const define = ({ title, outputs, logits, learningRate, gap }: Design): Model => ({
  title,
  gap,
  outputs,
  labels: outputs === 1 ? isHigh : oneHot,
  training: (steps) =>
    program(() => {
      const { image, label } = inputs(outputs);
      const cost = { input: logits(image), label };
      const loss = layers.mean(
        outputs === 1
          ? layers.sigmoidCrossEntropyWithLogits(cost)
          : layers.softmaxCrossEntropyWithLogits(cost),
      );
      reveal(loss, resultParty, 'loss');
      const falling = optimizer.cosineDecay({ learningRate, decaySteps: steps });
      new optimizer.Momentum({ learningRate: falling, momentum: 0.9, lossScale }).minimize(loss);
    }),
  scoring: program(() => {
    const { image, label } = inputs(outputs);
    const scores = logits(image);
    reveal(
      layers.sum(outputs === 1 ? same(layers.greater(scores, 0), label) : hit(scores, label)),
      resultParty,
      'right',
    );
  }),
});

/** 1 where two bits are the same. */
const same = (a: Variable, b: Variable): Variable => {
  const difference = layers.sub(a, b);
  return layers.sub(1, layers.mul(difference, difference));
};

/** 1 in a row whose largest score is the label's. */
const hit = (scores: Variable, label: Variable): Variable => layers.mul(layers.argmax(scores), label);

const hidden = (input: Variable): Variable => layers.fc({ input, size: 128, act: 'relu' });

/** relu after the pooling is the same as before it, with a fourth of the comparisons. */
const convolution = (input: Variable, numFilters: number): Variable =>
  layers.relu(
    layers.pool2d({ input: layers.conv2d({ input, numFilters, filterSize: 5 }), poolSize: 2, poolStride: 2 }),
  );

export const models = {
  logistic: define({
    title: 'Logistic regression: is a digit above 4?',
    outputs: 1,
    logits: (image) => layers.fc({ input: image, size: 1 }),
    learningRate: 0.05,
    gap: 0.2,
  }),
  softmax: define({
    title: 'Softmax regression: which digit is it?',
    outputs: classes,
    logits: (image) => layers.fc({ input: image, size: classes }),
    learningRate: 0.05,
    gap: 0.2,
  }),
  mlp: define({
    title: 'A network of 784, 128, 128 and 10 neurons: which digit is it?',
    outputs: classes,
    logits: (image) => layers.fc({ input: hidden(hidden(image)), size: classes }),
    learningRate: 0.1,
    gap: 0.2,
  }),
  lenet: define({
    title: "PaddleFL's LeNet, two convolutions of 20 and 50 filters with pooling: which digit is it?",
    outputs: classes,
    logits: (image) => {
      const planes = layers.reshape(image, [null, 1, 28, 28]);
      return layers.fc({ input: convolution(convolution(planes, 20), 50), size: classes });
    },
    learningRate: 0.05,
    gap: 0.5,
  }),
} as const satisfies Readonly<Record<string, Model>>;

export type ModelName = keyof typeof models;
