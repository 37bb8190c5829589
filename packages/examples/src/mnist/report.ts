import type { DemoReport } from '@triad/cli';
import { chart } from '../report/chart.js';
import { curvesSvg } from '../report/svg.js';
import { table } from '../report/table.js';
import { type Comparison, compare } from './compare.js';
import type { Model } from './model.js';
import type { Outcome, Training } from './party.js';

const names = ['on shares (aby3)', 'in the open (float64)'] as const;

/** The encrypted training beside its float twin: for people, for programs, and as a drawing. */
export const report = (model: Model, encrypted: Outcome, options: Training): DemoReport => {
  const comparison = compare(model, encrypted, options);
  const { twin, ok, gap } = comparison;
  const { losses, before, right, heldOut } = encrypted;
  return {
    ok,
    text: text(model, encrypted, comparison),
    record: { ...options, ok, gap, encrypted: { losses, before, right, heldOut }, twin },
    svg: curvesSvg('Mean loss of the steps of an epoch', [
      { name: names[1], color: '#888888', values: twin.losses },
      { name: names[0], color: '#c02020', values: losses, dotted: true },
    ]),
  };
};

const text = (model: Model, encrypted: Outcome, { twin, gap, ok }: Comparison): string =>
  [
    chart(names, [encrypted.losses, twin.losses]),
    table(
      ['epoch', 'loss on shares', 'in the open'],
      encrypted.losses.map((loss, i) => [`${i + 1}`, loss.toFixed(5), twin.losses[i]!.toFixed(5)]),
    ),
    [
      `right on held-out digits: ${accuracy(encrypted)} on shares, ${accuracy(twin)} in the open`,
      `they differ by ${gap.toFixed(2)} points (at most ${model.gap})`,
      ok
        ? 'The encrypted model is as good as the one in the open.'
        : 'The encrypted model is NOT as good as the one in the open.',
    ].join('\n'),
  ].join('\n\n');

const accuracy = ({ right, heldOut }: Pick<Outcome, 'right' | 'heldOut'>): string =>
  `${right} of ${heldOut} (${((100 * right) / heldOut).toFixed(2)} %)`;
