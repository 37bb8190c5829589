import { describe, expect, it } from 'vitest';
import { RecentNumbers, shownUnits } from './recent-numbers.js';

const add = (numbers: RecentNumbers, from: number, to: number, reveals = 1): void => {
  for (let unit = from; unit < to; unit++)
    for (let i = 0; i < reveals; i++)
      numbers.add({ unit, name: `loss${i}`, to: 'carol', shape: [], words: new Uint8Array(16) });
};

describe('recent numbers', () => {
  it.each([1, 20])('of %i reveals a unit are the same at nodes that are not as far', (reveals) => {
    const all = [2400, 2430, 2900].map((unit) => {
      const numbers = new RecentNumbers();
      for (let at = 0; at < unit; at += 50) {
        add(numbers, at, Math.min(at + 50, unit), reveals);
        if (at + 50 <= unit) numbers.settle(at + 50);
      }
      return numbers.of('carol', 2400, shownUnits(reveals)).map(({ unit: of, name }) => `${of} ${name}`);
    });
    expect(all[0]).toHaveLength(shownUnits(reveals) * reveals);
    expect(all[1]).toEqual(all[0]);
    expect(all[2]).toEqual(all[0]);
  });

  it('are kept however far checkpoints are from each other', () => {
    const numbers = new RecentNumbers();
    for (const unit of [20_000, 40_000]) {
      add(numbers, unit - 20_000, unit + 5000);
      numbers.settle(unit);
      expect(numbers.of('carol', unit, 1000).map((record) => record.unit)).toContain(unit - 1000);
    }
  });

  it('are either all there or not told', () => {
    const numbers = new RecentNumbers();
    add(numbers, 0, 10_000);
    for (const unit of [3000, 10_000]) numbers.settle(unit);
    expect(() => numbers.of('carol', 2500, 1000)).toThrow(/is not kept at hand/);
    numbers.restart(5000);
    add(numbers, 0, 5000);
    expect(numbers.of('carol', 5000, 1000)).toHaveLength(1000);
  });
});
