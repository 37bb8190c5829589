import { describe, expect, it } from 'vitest';
import { job } from './fixture/parties.js';
import { seededPlain } from './fixture/seeded-plain.js';
import {
  Executor,
  type Initializer,
  kaimingInitializer,
  kaimingNormalInitializer,
  layers,
  normalInitializer,
  parameter,
  program,
  reveal,
  uniformInitializer,
  xavierInitializer,
  xavierNormalInitializer,
} from './index.js';

const count = 20_000;

const draw = async (initializer: Initializer): Promise<Float64Array> => {
  const p = program(
    () => void reveal(layers.sum(parameter({ name: 'w', shape: [count], initializer })), 'all', 's'),
  );
  const exe = new Executor({ environment: job(seededPlain(20261124)).environments[0]!, program: p });
  await exe.run({ fetchList: ['s'] });
  const w = await exe.reveal(exe.parameters.get('w')!);
  await exe.close();
  return w!.data;
};

/** Largest distance of the sample's distribution function from a given one. */
const distance = (sample: Float64Array, cdf: (x: number) => number): number =>
  [...sample].sort((a, b) => a - b).reduce((d, v, i) => Math.max(d, Math.abs((i + 0.5) / count - cdf(v))), 0);

const normal = (x: number): number => {
  let [term, sum] = [x, x];
  for (let n = 1; n < 200; n++) {
    term *= (x * x) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
};

/** Kolmogorov's bound that a sample of its distribution stays below but once in 10^9. */
const bound = 3.3 / Math.sqrt(count);

describe('drawn weights', () => {
  it.each([
    ['uniform', uniformInitializer(0.5), 0.5],
    ['xavier', xavierInitializer(30, 20), Math.sqrt(6 / 50)],
    ['kaiming', kaimingInitializer(24), 0.5],
  ] as const)('are %s', async (_, initializer, limit) => {
    const w = await draw(initializer);
    expect(Math.max(...w.map(Math.abs))).toBeLessThanOrEqual(limit + 2 ** -16);
    expect(distance(w, (x) => (x / limit + 1) / 2)).toBeLessThan(bound);
  });

  it.each([
    ['normal', normalInitializer(0.5), 0.5],
    ['xavier, normal', xavierNormalInitializer(12, 20), 0.25],
    ['kaiming, normal', kaimingNormalInitializer(8), 0.5],
  ] as const)('are %s but for what 12 uniform numbers differ', async (_, initializer, deviation) => {
    const w = await draw(initializer);
    expect(distance(w, (x) => normal(x / deviation))).toBeLessThan(bound + 0.0025);
    const variance = w.reduce((s, v) => s + v * v, 0) / count;
    expect(Math.abs(variance / deviation ** 2 - 1)).toBeLessThan(6.5 * Math.sqrt(2 / count));
  });

  it('need a size', () => {
    const make = (initializer: Initializer) => () =>
      program(() => void parameter({ name: 'w', shape: [1], initializer }));
    expect(make(normalInitializer(0))).toThrow(/starts at 0/);
    expect(make(uniformInitializer(Number.NaN))).toThrow(/starts at NaN/);
  });
});

/** The sum of 12 numbers in (-1/2, 1/2), by its formula (Irwin 1927, Hall 1927). */
it('12 uniform numbers are within 0.0025 of normal', () => {
  const cdf = (x: number) => {
    let [sum, binomial] = [0, 1];
    for (let k = 0; k <= x + 6; k++) {
      sum += (k % 2 === 0 ? 1 : -1) * binomial * (x + 6 - k) ** 12;
      binomial = (binomial * (12 - k)) / (k + 1);
    }
    return sum / 479001600;
  };
  for (let x = -4; x <= 4; x += 1 / 64) expect(Math.abs(cdf(x) - normal(x))).toBeLessThan(0.0025);
});
