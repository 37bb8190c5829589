/** Vertical: a city and an agency know other columns of the same districts. They find their common ones first, and show each other no others. */
import type { DemoOptions, Stage } from '@triad/cli';
import { type Work, work } from '@triad/node';
import { columns as columnsOf, districtCount } from '../house-price/houses.js';
import { shuffled } from '../shuffle.js';
import { rowOf } from './houses.js';
import { linearReport, normalization, prediction, training } from './linear.js';
import { analyst, federated, findEachOther, type SharedTable, writeCsv } from './play.js';

const columns = {
  city: { owners: 1, features: columnsOf.city.length },
  agency: { owners: 1, features: columnsOf.agency.length },
};

/** Districts that each owner knows to train on, and new ones, in orders of their own. */
const order = shuffled(districtCount, 14);
const [old, fresh] = [order.slice(0, 420), order.slice(420)];
const known = { city: shuffledOf(old, 15).slice(0, 390), agency: shuffledOf(old, 16).slice(0, 380) };
const next = { city: shuffledOf(fresh, 17).slice(0, 80), agency: shuffledOf(fresh, 18).slice(0, 80) };

function shuffledOf(numbers: readonly number[], seed: number): number[] {
  return shuffled(numbers.length, seed).map((i) => numbers[i]!);
}

const keyOf = (number: number): string => `district-${String(number).padStart(4, '0')}`;

/** Writes an owner's file: a key in front of its columns. */
const write = (
  stage: Stage,
  file: string,
  names: readonly Parameters<typeof rowOf>[1][number][],
  numbers: readonly number[],
): Promise<void> =>
  writeCsv(
    stage,
    file,
    ['district', ...names],
    numbers.map((number) => [keyOf(number), ...rowOf(number, names)]),
  );

const verticalWork = ({ epochs, batch }: DemoOptions): Work =>
  work({
    programs: { normalize: normalization(columns), train: training(columns), predict: prediction(columns) },
    inputs: {
      city: 'city/houses',
      agency: 'agency/houses',
      price: 'agency/prices',
      cityStatistics: 'city/houses.statistics',
      agencyStatistics: 'agency/houses.statistics',
      newCity: 'city/new',
      newAgency: 'agency/new',
    },
    stages: [
      { program: 'normalize', feed: { city: 'cityStatistics', agency: 'agencyStatistics' } },
      {
        program: 'train',
        feed: { city: 'city', agency: 'agency', price: 'price' },
        batch,
        epochs,
        shuffle: 7,
        reveal: ['loss'],
      },
      { program: 'predict', feed: { city: 'newCity', agency: 'newAgency' }, reveal: ['predictions'] },
    ],
  });

/** Both owners write the rows that both have, in one order: private set intersection under keys of its own. */
const align = async (stage: Stage, name: string): Promise<void> => {
  const keys = `keys-${name}`;
  const way = await findEachOther(stage, { job: `match-${name}`, roles: ['0', '1'], keys });
  await Promise.all(
    ['city', 'agency'].map((owner, rank) =>
      stage.run(
        ...['align', '--role', String(rank), '--parties', '2', '--job', `match-${name}`, ...way],
        ...['--tls', `${keys}/${rank}`, '--keys', `${owner}-${name}.csv#district`],
        ...['--out', `${owner}-${name}.aligned.csv`],
      ),
    ),
  );
};

/** No work uses them: the demonstration compares predictions with them. */
const newPrices = 'new.prices';

/** For `triad demo federated-vertical`. */
export const demo = federated({
  title: `House prices, vertical: the city knows ten columns of ${known.city.length} districts, the agency three, and the price, of ${known.agency.length}. By private set intersection they
find the districts that both know, and nothing of the others. Three computing nodes train on shares of these. The ${analyst} alone learns the losses,
and the predictions for new districts.`,
  federation: 'vertical',
  owners: ['city', 'agency'],
  defaults: { epochs: 10, batch: 32 },
  prepare: async (stage) => {
    await write(stage, 'city-houses.csv', columnsOf.city, known.city);
    await write(stage, 'agency-houses.csv', [...columnsOf.agency, 'medv'], known.agency);
    await write(stage, 'city-new.csv', columnsOf.city, next.city);
    await write(stage, 'agency-new.csv', [...columnsOf.agency, 'medv'], next.agency);
    for (const name of ['houses', 'new']) await align(stage, name);
    const table = (owner: 'city' | 'agency', name: string): SharedTable => ({
      owner,
      name,
      file: `${owner}-${name}.aligned.csv`,
      columns: columnsOf[owner],
      statistics: name === 'houses',
    });
    return [
      table('city', 'houses'),
      table('agency', 'houses'),
      { owner: 'agency', name: 'prices', file: 'agency-houses.aligned.csv', columns: ['medv'] },
      table('city', 'new'),
      table('agency', 'new'),
      { owner: 'agency', name: newPrices, file: 'agency-new.aligned.csv', columns: ['medv'] },
    ];
  },
  work: verticalWork,
  report: (found, twin, options, tables) =>
    linearReport(found, twin, { options, prices: [...tables[`agency/${newPrices}`]!.data] }),
});
