import type { DemoReport } from '@triad/cli';
import { chart } from '../report/chart.js';
import { curvesSvg } from '../report/svg.js';
import { table } from '../report/table.js';
import { type Comparison, compare } from './compare.js';
import type { Model } from './model.js';
import type { Outcome, Training } from './party.js';

const open = 'in the open (float64)';

/** The training on `where` beside its float twin: for people, for programs, and as a drawing. */
export const report = (
  model: Model,
  encrypted: Outcome,
  options: Training,
  where = 'on shares (aby3)',
): DemoReport => {
  const comparison = compare(model, encrypted, options);
  const { twin, ok, gap } = comparison;
  const { losses, before, right, heldOut } = encrypted;
  return {
    ok,
    text: [
      chart([where, open], [losses, twin.losses]),
      lossTable(losses, twin.losses, where),
      verdict(model, encrypted, comparison, where),
    ].join('\n\n'),
    record: { ...options, ok, gap, encrypted: { losses, before, right, heldOut }, twin },
    svg: curvesSvg('Mean loss of the steps of an epoch', [
      { name: open, color: '#888888', values: twin.losses },
      { name: where, color: '#c02020', values: losses, dotted: true },
    ]),
  };
};

const lossTable = (losses: readonly number[], twin: readonly number[], where: string): string =>
  table(
    ['epoch', `loss ${where}`, open],
    losses.map((loss, i) => [`${i + 1}`, loss.toFixed(5), twin[i]!.toFixed(5)]),
  );

const verdict = (model: Model, encrypted: Outcome, { twin, gap, ok }: Comparison, where: string): string =>
  [
    `right on held-out digits: ${accuracy(encrypted)} ${where}, ${accuracy(twin)} ${open}`,
    `they differ by ${gap.toFixed(2)} points (at most ${model.gap})`,
    ok ? 'The model is as good as the one in the open.' : 'The model is NOT as good as the one in the open.',
  ].join('\n');

const accuracy = ({ right, heldOut }: Pick<Outcome, 'right' | 'heldOut'>): string =>
  `${right} of ${heldOut} (${((100 * right) / heldOut).toFixed(2)} %)`;
