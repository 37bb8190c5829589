/** A linear regression of house prices, whose columns are normalised over the rows of all owners. */
import type { DemoOptions, DemoReport } from '@triad/cli';
import {
  data,
  layers,
  optimizer,
  type Program,
  parameter,
  program,
  reveal,
  type Variable,
  type Weights,
} from '@triad/layers';
import { epochMeans, mean } from '../report/epoch.js';
import { curvesSvg } from '../report/svg.js';
import { table } from '../report/table.js';
import { analyst } from './play.js';

/** Owners' columns under names of their own. */
export type Columns = Readonly<Record<string, { readonly owners: number; readonly features: number }>>;

/** What every owner's statistics become: one normalisation for each group of columns. */
export const normalization = (columns: Columns): Program =>
  program(() => {
    for (const [name, { owners, features }] of Object.entries(columns))
      layers.learnNormalization({
        statistics: data({ name, shape: [5 * owners, features] }),
        kind: 'standard',
        name,
      });
  });

const predictionOf = (columns: Columns): Variable => {
  const parts = Object.entries(columns).map(([name, { features }]) => {
    const x = layers.normalize({ input: data({ name, shape: [null, features] }), name });
    return layers.matmul(x, parameter({ name: `${name}.weights`, shape: [features, 1] }));
  });
  return [...parts, parameter({ name: 'bias', shape: [1] })].reduce((a, b) => layers.add(a, b));
};

export const training = (columns: Columns): Program =>
  program(() => {
    const label = data({ name: 'price', shape: [null, 1] });
    const loss = layers.mean(layers.squareErrorCost({ input: predictionOf(columns), label }));
    reveal(loss, analyst, 'loss');
    new optimizer.SGD({ learningRate: 0.02 }).minimize(loss);
  });

export const prediction = (columns: Columns): Program =>
  program(() => {
    reveal(predictionOf(columns), analyst, 'predictions');
  });

/** How close the training on shares must be to its twin: R2, and prices in thousands of dollars. */
const tolerance = { r2: 0.002, price: 0.1 } as const;
const shown = 5;

/** Losses and predictions beside those of the twin, and how good they are for prices that the demonstration knows. */
export const linearReport = (
  found: Weights,
  twin: Weights,
  { prices, options: { epochs } }: { readonly prices: readonly number[]; readonly options: DemoOptions },
): DemoReport => {
  const [own, open] = [found, twin].map(({ predictions }) => [...predictions!.data]) as [number[], number[]];
  const [r2, openR2] = [rSquared(own, prices), rSquared(open, prices)];
  const losses = [found, twin].map(({ loss }) => epochMeans(loss!, epochs)) as [number[], number[]];
  const priceError = Math.max(...own.map((value, i) => Math.abs(value - open[i]!)));
  const r2Error = Math.abs(r2 - openR2);
  const ok = r2Error <= tolerance.r2 && priceError <= tolerance.price;
  return {
    ok,
    text: [
      table(
        ['epoch', 'loss on shares', 'in the open'],
        losses[0].map((loss, i) => [`${i + 1}`, loss.toFixed(4), losses[1][i]!.toFixed(4)]),
      ),
      table(
        ['new house', 'predicted on shares', 'in the open', 'price (1000 $)'],
        own
          .slice(0, shown)
          .map((value, i) => [`${i + 1}`, value.toFixed(3), open[i]!.toFixed(3), prices[i]!.toFixed(1)]),
      ),
      `R2 on new houses   ${r2.toFixed(5)} on shares, ${openR2.toFixed(5)} in the open (differ by ${r2Error.toExponential(1)}, at most ${tolerance.r2})`,
      `largest difference of a prediction: ${priceError.toFixed(4)} (at most ${tolerance.price})`,
    ].join('\n\n'),
    record: { ok, epochs, r2, openR2, r2Error, priceError, losses: losses[0], openLosses: losses[1] },
    svg: curvesSvg('Mean squared error over the training rows', [
      { name: 'in the open (float64)', color: '#888888', values: losses[1] },
      { name: 'on shares (aby3)', color: '#c02020', values: losses[0], dotted: true },
    ]),
  };
};

const rSquared = (found: readonly number[], prices: readonly number[]): number => {
  const middle = mean(prices);
  const squares = (x: readonly number[]) => x.reduce((sum, value, i) => sum + (value - prices[i]!) ** 2, 0);
  return 1 - squares(found) / squares(prices.map(() => middle));
};
