import { aby3 } from '@triad/aby3';
import { plain, type Scheme } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { everywhere } from '../fixture/in-process.js';
import { compare } from './compare.js';
import { columns, features, prices, rows } from './houses.js';
import { outside } from './model.js';
import { shareAll, train } from './party.js';

const options = { epochs: 3, batch: 32 };

const trainAll = async <S>(scheme: Scheme<S>) => {
  const watched: [number, number][] = [];
  const outcomes = await everywhere(scheme, outside, async (exe) =>
    train(exe, await shareAll(exe), options, (epoch, loss) => void watched.push([epoch, loss])),
  );
  return { outcomes, watched };
};

describe('the data', () => {
  it('has 404 rows to train on and 102 held out, 13 features in two hands', () => {
    expect(rows).toEqual({ train: 404, heldOut: 102 });
    expect(columns.city.length + columns.agency.length).toBe(13);
    expect(features('city', 'heldOut').shape).toEqual([102, 10]);
    const all = [...prices('train').data, ...prices('heldOut').data];
    expect(all.reduce((a, b) => a + b, 0) / all.length).toBeCloseTo(22.5328, 4);
  });

  it('is normalised: training columns have mean 0 and range 1', () => {
    for (const owner of ['city', 'agency'] as const) {
      const { data, shape } = features(owner, 'train');
      for (let column = 0; column < shape[1]!; column++) {
        const values = data.filter((_, i) => i % shape[1]! === column);
        expect(Math.max(...values) - Math.min(...values)).toBeCloseTo(1, 12);
        expect(values.reduce((a, b) => a + b, 0) / values.length).toBeCloseTo(0, 12);
      }
    }
  });
});

describe.each([
  ['plain', plain(3)],
  ['aby3', aby3()],
] as [string, Scheme<unknown>][])('training on %s', (_, scheme) => {
  it('follows the float twin, and only the analyst learns anything', async () => {
    const { outcomes, watched } = await trainAll(scheme);
    expect(outcomes.slice(0, 5)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    const analyst = outcomes[5]!;
    expect(watched).toEqual(analyst.losses.map((loss, epoch) => [epoch, loss]));
    expect(analyst.losses).toHaveLength(options.epochs + 1);
    expect(analyst.losses.at(-1)!).toBeLessThan(analyst.losses[0]! / 4);
    const { ok, lossErrors, r2Error, twin } = compare(analyst, options);
    expect({ ok, lossErrors, r2Error }).toMatchObject({ ok: true });
    for (const [i, prediction] of analyst.predictions.entries())
      expect(Math.abs(prediction - twin.predictions[i]!)).toBeLessThan(0.02);
  });
});
