import type { DemoReport } from '@triad/cli';
import { chart } from '../report/chart.js';
import { curvesSvg } from '../report/svg.js';
import { table } from '../report/table.js';
import { type Comparison, compare, tolerance } from './compare.js';
import { columns, type Houses, houses, type Part } from './houses.js';
import type { Outcome, Training } from './party.js';

const names = ['on shares (aby3)', 'in the open (float64)'] as const;

/** The encrypted training beside its float twin: for people, for programs, and as a drawing. */
export const report = (
  encrypted: Outcome,
  options: Training,
  known: Readonly<Record<Part, Houses>> = houses(),
): DemoReport => {
  const comparison = compare(encrypted, options, known);
  const { twin, ok, lossErrors, r2Error } = comparison;
  return {
    ok,
    text: text(encrypted, comparison, known.heldOut),
    record: { ...options, ok, lossErrors, r2Error, encrypted, twin },
    svg: curvesSvg('Mean squared error over the training rows', [
      { name: names[1], color: '#888888', values: twin.losses },
      { name: names[0], color: '#c02020', values: encrypted.losses, dotted: true },
    ]),
  };
};

const text = (encrypted: Outcome, comparison: Comparison, heldOut: Houses): string =>
  [
    chart(names, [encrypted.losses.slice(1), comparison.twin.losses.slice(1)]),
    lossTable(encrypted, comparison),
    modelTable(encrypted, comparison.twin),
    predictionTable(encrypted, comparison.twin, heldOut),
    verdict(encrypted, comparison),
  ].join('\n\n');

const percent = (fraction: number): string => `${(100 * fraction).toFixed(4)} %`;

const lossTable = ({ losses }: Outcome, { twin, lossErrors }: Comparison): string =>
  table(
    ['epoch', 'loss on shares', 'in the open', 'difference'],
    losses.map((loss, i) => [`${i}`, loss.toFixed(4), twin.losses[i]!.toFixed(4), percent(lossErrors[i]!)]),
  );

const modelTable = (encrypted: Outcome, twin: Outcome): string => {
  const labels = [...columns.city, ...columns.agency, 'bias'];
  const [own, open] = [encrypted, twin].map(({ weights }) => Object.values(weights).flat());
  return table(
    ['feature', 'weight on shares', 'in the open'],
    labels.map((label, i) => [label, own![i]!.toFixed(4), open![i]!.toFixed(4)]),
  );
};

const shown = 5;

const predictionTable = (encrypted: Outcome, twin: Outcome, { price }: Houses): string => {
  const actual = price.data;
  return table(
    ['held-out house', 'predicted on shares', 'in the open', 'price (1000 $)'],
    Array.from({ length: shown }, (_, i) => [
      `${i + 1}`,
      encrypted.predictions[i]!.toFixed(3),
      twin.predictions[i]!.toFixed(3),
      actual[i]!.toFixed(1),
    ]),
  );
};

const verdict = ({ r2, mse }: Outcome, { twin, lossErrors, r2Error, ok }: Comparison): string =>
  [
    `R2 on held-out rows   ${r2.toFixed(5)} on shares, ${twin.r2.toFixed(5)} in the open (differ by ${r2Error.toExponential(1)}, at most ${tolerance.r2})`,
    `MSE on held-out rows  ${mse.toFixed(4)} on shares, ${twin.mse.toFixed(4)} in the open`,
    `largest difference of an epoch's loss: ${percent(Math.max(...lossErrors))} (at most ${percent(tolerance.loss)})`,
    ok
      ? 'The encrypted training matches the one in the open.'
      : 'The encrypted training does NOT match the one in the open.',
  ].join('\n');
