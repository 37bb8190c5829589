import { aby3 } from '@triad/aby3';
import { FloatTwin } from '@triad/layers';
import { expect, it } from 'vitest';
import { everywhere } from '../fixture/in-process.js';
import { clicks, outside, training } from './machine.js';
import { days, train } from './party.js';

it('learns tastes that no single feature shows, and tells the analyst alone', async () => {
  const outcomes = await everywhere(aby3(), outside, (exe) => train(exe, 60));
  expect(outcomes.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined]);
  const { initial, losses, auc } = outcomes[4]!;
  const twin = new FloatTwin(training, initial);
  const feed = { ...clicks(...days.train) };
  const exact = losses.map(() => twin.run({ feed, fetchList: ['loss'] })[0]!.item());
  for (const [step, loss] of losses.entries()) expect(Math.abs(loss - exact[step]!)).toBeLessThan(0.01);
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 4);
  expect(auc).toBeGreaterThan(0.95);
});
