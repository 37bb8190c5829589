/** Horizontal: three offices have the same columns of other houses. Their rows train one model, on columns normalised over all of them. */
import type { DemoOptions } from '@triad/cli';
import { type Work, work } from '@triad/node';
import { features, rowsOf, trainRows } from './houses.js';
import { linearReport, normalization, prediction, training } from './linear.js';
import { analyst, federated, type SharedTable, writeCsv } from './play.js';

const offices = { north: [0, 150], middle: [150, 320], south: [320, trainRows] } as const;
type Office = keyof typeof offices;
const owners = Object.keys(offices) as Office[];

const columns = { houses: { owners: owners.length, features: features.length } };

const horizontalWork = ({ epochs, batch }: DemoOptions): Work =>
  work({
    programs: {
      normalize: normalization(columns),
      train: training(columns),
      predict: prediction(columns),
    },
    inputs: {
      houses: owners.map((owner) => `${owner}/houses`),
      prices: owners.map((owner) => `${owner}/prices`),
      statistics: owners.map((owner) => `${owner}/houses.statistics`),
      new: 'north/new',
    },
    stages: [
      { program: 'normalize', feed: { houses: 'statistics' } },
      {
        program: 'train',
        feed: { houses: 'houses', price: 'prices' },
        batch,
        epochs,
        shuffle: 7,
        reveal: ['loss'],
      },
      { program: 'predict', feed: { houses: 'new' }, reveal: ['predictions'] },
    ],
  });

/** For `triad demo federated-horizontal`. */
export const demo = federated({
  title: `House prices, horizontal: three offices sell in other parts of the town, and show each other no sale. Their rows, one below the other,
train one model; how columns are normalised is computed on shares of what each office knows of its own. The ${analyst} alone learns the losses, and
the predictions for houses that the office in the north is going to sell.`,
  federation: 'horizontal',
  owners,
  defaults: { epochs: 10, batch: 32 },
  prepare: async (stage) => {
    const tables: SharedTable[] = [];
    for (const [owner, [from, to]] of Object.entries(offices)) {
      await writeCsv(stage, `${owner}.csv`, [...features, 'medv'], rowsOf([...features, 'medv'], from, to));
      tables.push(
        { owner, name: 'houses', file: `${owner}.csv`, columns: features, statistics: true },
        { owner, name: 'prices', file: `${owner}.csv`, columns: ['medv'] },
      );
    }
    await writeCsv(stage, 'new.csv', features, rowsOf(features, trainRows));
    return [...tables, { owner: 'north', name: 'new', file: 'new.csv' }];
  },
  work: horizontalWork,
  report: (found, twin, options) =>
    linearReport(found, twin, { options, prices: rowsOf(['medv'], trainRows).flat() }),
});
