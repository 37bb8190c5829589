/** Transfer: the features come from a model that is public, the head on them is trained on data that nobody shows. */
import type { DemoOptions, DemoReport } from '@triad/cli';
import {
  data,
  layers,
  type NdArray,
  optimizer,
  parameter,
  program,
  reveal,
  type Variable,
  type Weights,
} from '@triad/layers';
import { type Work, work } from '@triad/node';
import { classes, digitsIn, images, oneHot } from '../mnist/digits.js';
import { epochMeans } from '../report/epoch.js';
import { curvesSvg } from '../report/svg.js';
import { extracted, publicExtractor } from './digits.js';
import { analyst, federated, writeCsv } from './play.js';

/** Digits to train on; the last of the held-out ones are new. */
const [trainRows, newRows] = [1200, 400];

/** The head: one layer that starts at zero. */
const scoresOf = (features: Variable): Variable =>
  layers.add(
    layers.matmul(features, parameter({ name: 'head.weights', shape: [extracted, classes] })),
    parameter({ name: 'head.bias', shape: [classes] }),
  );

const features = () => data({ name: 'features', shape: [null, extracted] });

const train = program(() => {
  const label = data({ name: 'digits', shape: [null, classes] });
  const loss = layers.mean(layers.softmaxCrossEntropyWithLogits({ input: scoresOf(features()), label }));
  reveal(loss, analyst, 'loss');
  new optimizer.SGD({ learningRate: 0.05, lossScale: 64 }).minimize(loss);
});

const predict = program(() => {
  reveal(scoresOf(features()), analyst, 'scores');
});

const transferWork = ({ epochs, batch }: DemoOptions): Work =>
  work({
    programs: { train, predict },
    inputs: { images: 'scanner/images', digits: 'reader/digits', new: 'scanner/new' },
    stages: [
      {
        program: 'train',
        feed: { features: 'images', digits: 'digits' },
        batch,
        epochs,
        shuffle: 7,
        reveal: ['loss'],
      },
      { program: 'predict', feed: { features: 'new' }, reveal: ['scores'] },
    ],
  });

/** By how many points the accuracy may differ from that of the float twin. */
const gap = 0.5;

const report = (found: Weights, twin: Weights, { epochs }: DemoOptions): DemoReport => {
  const digits = digitsIn('heldOut').slice(-newRows);
  const accuracy = ({ scores }: Weights): number =>
    (100 * digits.filter(({ digit }, i) => best(scores!, i) === digit).length) / digits.length;
  const [own, open] = [accuracy(found), accuracy(twin)];
  const losses = [found, twin].map(({ loss }) => epochMeans(loss!, epochs)) as [number[], number[]];
  const ok = Math.abs(own - open) <= gap;
  return {
    ok,
    text: [
      ...losses[0].map(
        (loss, i) =>
          `epoch ${i + 1}  loss ${loss.toFixed(4)} on shares, ${losses[1][i]!.toFixed(4)} in the open`,
      ),
      `right of ${newRows} new digits: ${own.toFixed(2)} % on shares, ${open.toFixed(2)} % in the open (may differ by ${gap})`,
    ].join('\n'),
    record: { ok, epochs, accuracy: own, openAccuracy: open, losses: losses[0], openLosses: losses[1] },
    svg: curvesSvg('Cross entropy over the training rows', [
      { name: 'in the open (float64)', color: '#888888', values: losses[1] },
      { name: 'on shares (aby3)', color: '#c02020', values: losses[0], dotted: true },
    ]),
  };
};

/** The place of a row's largest number. */
const best = ({ data: values }: NdArray, row: number): number => {
  const scores = [...values.subarray(row * classes, (row + 1) * classes)];
  return scores.indexOf(Math.max(...scores));
};

const rowsOf = ({ shape, data: values }: NdArray): number[][] =>
  Array.from({ length: shape[0]! }, (_, i) => [...values.subarray(i * shape[1]!, (i + 1) * shape[1]!)]);

/** For `triad demo federated-transfer`. */
export const demo = federated({
  title: `Handwritten digits, transfer: a layer that was trained in the open turns images into ${extracted} features. A scanner applies it to its own images and
shares the features; a reader knows the digits. What comes behind is trained on shares, and the ${analyst} alone gets scores for new digits.`,
  federation: 'transfer',
  owners: ['scanner', 'reader'],
  defaults: { epochs: 5, batch: 64 },
  prepare: async (stage) => {
    const extract = publicExtractor();
    const names = Array.from({ length: extracted }, (_, i) => `feature${i}`);
    const fresh = images('heldOut');
    const held = fresh.shape[0]!;
    await writeCsv(stage, 'images.csv', names, rowsOf(extract(images('train', trainRows))));
    await writeCsv(stage, 'new.csv', names, rowsOf(extract(fresh.rows(held - newRows, held))));
    const digits = Array.from({ length: classes }, (_, i) => `is${i}`);
    await writeCsv(stage, 'digits.csv', digits, rowsOf(oneHot('train', trainRows)));
    return [
      { owner: 'scanner', name: 'images', file: 'images.csv' },
      { owner: 'scanner', name: 'new', file: 'new.csv' },
      { owner: 'reader', name: 'digits', file: 'digits.csv' },
    ];
  },
  work: transferWork,
  report,
});
