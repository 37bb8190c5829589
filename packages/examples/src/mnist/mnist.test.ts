import { aby3 } from '@triad/aby3';
import { describe, expect, it } from 'vitest';
import { everywhere } from '../fixture/in-process.js';
import { compare } from './compare.js';
import { digitsIn, images, isHigh, oneHot } from './digits.js';
import { type ModelName, models, outside } from './model.js';
import { train } from './party.js';

describe('the digits', () => {
  it('are 8,000 to train on and 2,000 held out, between 0 and 1', () => {
    expect([digitsIn('train').length, digitsIn('heldOut').length]).toEqual([8000, 2000]);
    const { data, shape } = images('heldOut');
    expect(shape).toEqual([2000, 784]);
    expect([Math.min(...data.subarray(0, 78_400)), Math.max(...data.subarray(0, 78_400))]).toEqual([0, 1]);
  });

  it('are of all classes, in both parts', () => {
    for (const part of ['train', 'heldOut'] as const) {
      const rows = digitsIn(part);
      for (let digit = 0; digit < 10; digit++) {
        const share = rows.filter((row) => row.digit === digit).length / rows.length;
        expect(share).toBeGreaterThan(0.07);
      }
    }
  });

  it('have labels that agree', () => {
    const [one, high] = [oneHot('train', 50), isHigh('train', 50)];
    for (const [i, { digit }] of digitsIn('train', 50).entries()) {
      expect([...one.data.subarray(10 * i, 10 * i + 10)].indexOf(1)).toBe(digit);
      expect(high.data[i]).toBe(Number(digit >= 5));
    }
  });
});

/** Rows and epochs small enough for a test; LeNet's are fewer. */
const short = (name: ModelName) =>
  name === 'lenet' ? { epochs: 1, batch: 4, rows: 8 } : { epochs: 2, batch: 32, rows: 96 };

describe.each(Object.keys(models) as ModelName[])('%s on aby3', (name) => {
  it('follows its float twin, and the analyst alone learns anything', async () => {
    const options = short(name);
    const outcomes = await everywhere(aby3(), outside, (exe) => train(exe, models[name], options, () => {}));
    expect(outcomes.slice(0, 5)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    const { twin } = compare(models[name], outcomes[5]!, options);
    const { losses, right } = outcomes[5]!;
    for (const [i, loss] of losses.entries())
      expect(Math.abs(loss - twin.losses[i]!)).toBeLessThan(0.02 * twin.losses[i]!);
    expect(Math.abs(right - twin.right)).toBeLessThanOrEqual(2);
  });
});
