import { plain } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { numbers } from './fixture/gradient-check.js';
import { job } from './fixture/parties.js';
import { seededPlain } from './fixture/seeded-plain.js';
import {
  constantInitializer,
  data,
  Executor,
  FloatTwin,
  layers,
  NdArray,
  optimizer,
  parameter,
  program,
  reveal,
  xavierInitializer,
} from './index.js';

const [rows, features, steps] = [4, 3, 20];
const draw = numbers(5);
const x = new NdArray([rows, features], draw(rows * features));
const y = new NdArray([rows, 1], draw(rows));
const start = 0.25;

/** Least squares, the loss times `size`, trained by an optimizer. */
const model = (optimizer: optimizer.Optimizer, size: number) =>
  program(() => {
    const [input, label] = [
      data({ name: 'x', shape: [rows, features] }),
      data({ name: 'y', shape: [rows, 1] }),
    ];
    const initializer = constantInitializer(start);
    const prediction = layers.fc({ input, size: 1, bias: false, initializer, name: 'fc' });
    optimizer.minimize(layers.scale(layers.mean(layers.squareErrorCost({ input: prediction, label })), size));
  });

/** The gradient of the same loss, by its formula. */
const gradientAt = (w: readonly number[], size: number): number[] => {
  const row = (i: number) => w.map((_, j) => x.data[i * features + j]!);
  const errors = Array.from({ length: rows }, (_, i) =>
    row(i).reduce((s, v, j) => s + v * w[j]!, -y.data[i]!),
  );
  return w.map((_, j) => errors.reduce((s, e, i) => s + (2 * size * e * row(i)[j]!) / rows, 0));
};

/** One weight's next value from its gradient, with a memory of its own, at steps from 1. */
type Reference = (w: number, g: number, memory: { a: number; b: number }, step: number) => number;

const train = (next: Reference, size: number): number[] => {
  let w = new Array<number>(features).fill(start);
  const memories = w.map(() => ({ a: 0, b: 0 }));
  for (let step = 1; step <= steps; step++) {
    const g = gradientAt(w, size);
    w = w.map((v, j) => next(v, g[j]!, memories[j]!, step));
  }
  return w;
};

const trainTwin = (o: optimizer.Optimizer, size: number): number[] => {
  const twin = new FloatTwin(model(o, size));
  for (let step = 0; step < steps; step++) twin.run({ feed: { x, y } });
  return [...twin.parameters.get('fc.w_0')!.data];
};

const trainPlain = async (o: optimizer.Optimizer, size: number): Promise<number[]> => {
  const exe = new Executor({ environment: job(plain(1)).environments[0]!, program: model(o, size) });
  const feed = await exe.share({
    x: { owner: 0, shape: x.shape, values: x },
    y: { owner: 0, shape: y.shape, values: y },
  });
  for (let step = 0; step < steps; step++) await exe.run({ feed });
  const w = await exe.reveal(exe.parameters.get('fc.w_0')!);
  await exe.close();
  return [...w!.data];
};

interface Case {
  readonly name: string;
  readonly make: () => optimizer.Optimizer;
  readonly next: Reference;
  /** Of the loss; default 1. */
  readonly size?: number;
}

const rmsprop =
  (rho: number, momentum: number): Reference =>
  (w, g, memory) => {
    memory.a = rho * memory.a + (1 - rho) * g * g;
    memory.b = momentum * memory.b + g / Math.sqrt(memory.a + 2 ** -24);
    return w - 0.02 * memory.b;
  };

/** Betas are those that 16 bits hold. */
const [beta1, beta2] = [0.9, 0.999].map((b) => Math.round(b * 2 ** 16) / 2 ** 16) as [number, number];

const adam =
  (rate: (step: number) => number, coupled = 0, decoupled = 0): Reference =>
  (w, gradient, memory, step) => {
    const g = gradient + coupled * w;
    memory.a = beta1 * memory.a + (1 - beta1) * g;
    memory.b = beta2 * memory.b + (1 - beta2) * g * g;
    const [m, v] = [memory.a / (1 - beta1 ** step), memory.b / (1 - beta2 ** step)];
    return w - rate(step) * (m / Math.sqrt(v + 2 ** -24) + decoupled * w);
  };

const cases: readonly Case[] = [
  { name: 'SGD', make: () => new optimizer.SGD({ learningRate: 0.1 }), next: (w, g) => w - 0.1 * g },
  {
    name: 'SGD with weight decay and loss scale',
    make: () => new optimizer.SGD({ learningRate: 0.1, weightDecay: 0.05, lossScale: 64 }),
    next: (w, g) => w - 0.1 * (g + 0.05 * w),
  },
  {
    name: 'SGD with a schedule',
    make: () =>
      new optimizer.SGD({
        learningRate: optimizer.exponentialDecay({ learningRate: 0.2, decaySteps: 10, decayRate: 0.5 }),
        lossScale: 4,
      }),
    next: (w, g, _, step) => w - 0.2 * 0.5 ** ((step - 1) / 10) * g,
  },
  {
    name: 'SGD of a small loss, scaled',
    make: () => new optimizer.SGD({ learningRate: 64, lossScale: 2 ** 12 }),
    next: (w, g) => w - 64 * g,
    size: 2 ** -10,
  },
  {
    name: 'Momentum',
    make: () => new optimizer.Momentum({ learningRate: 0.02, momentum: 0.8 }),
    next: (w, g, memory) => {
      memory.a = 0.8 * memory.a + g;
      return w - 0.02 * memory.a;
    },
  },
  {
    name: "Momentum by Nesterov's method, with weight decay and loss scale",
    make: () =>
      new optimizer.Momentum({ learningRate: 0.02, useNesterov: true, weightDecay: 0.1, lossScale: 16 }),
    next: (w, gradient, memory) => {
      const g = gradient + 0.1 * w;
      memory.a = 0.9 * memory.a + g;
      return w - 0.02 * (g + 0.9 * memory.a);
    },
  },
  { name: 'RMSProp', make: () => new optimizer.RMSProp({ learningRate: 0.02 }), next: rmsprop(0.95, 0) },
  {
    name: 'RMSProp with momentum and loss scale',
    make: () => new optimizer.RMSProp({ learningRate: 0.02, rho: 0.9, momentum: 0.5, lossScale: 8 }),
    next: rmsprop(0.9, 0.5),
  },
  {
    name: 'RMSProp of a small loss',
    make: () => new optimizer.RMSProp({ learningRate: 0.02 }),
    next: rmsprop(0.95, 0),
    size: 2 ** -9,
  },
  { name: 'Adam', make: () => new optimizer.Adam({ learningRate: 0.03 }), next: adam(() => 0.03) },
  {
    name: 'Adam of a small loss',
    make: () => new optimizer.Adam({ learningRate: 0.03 }),
    next: adam(() => 0.03),
    size: 2 ** -9,
  },
  {
    name: 'Adam with weight decay and a schedule',
    make: () =>
      new optimizer.Adam({
        weightDecay: 0.1,
        learningRate: optimizer.linearWarmup({ learningRate: 0.03, warmupSteps: 8 }),
      }),
    next: adam((step) => 0.03 * Math.min(1, step / 8), 0.1),
  },
  {
    name: 'AdamW',
    make: () => new optimizer.AdamW({ learningRate: 0.03, weightDecay: 0.5, lossScale: 4 }),
    next: adam(() => 0.03, 0, 0.5),
  },
];

/**
 * In fixed point public factors have 12 significant bits where they meet products, functions 2^-14 of their value, and
 * 20 steps round 20 times by a unit: 2^-10 of what weights move by, which is at most 1, holds.
 */
describe.each(cases)('$name', ({ make, next, size = 1 }) => {
  const expected = train(next, size);

  it('moves weights at all', () => {
    expect(Math.max(...expected.map((v) => Math.abs(v - start)))).toBeGreaterThan(0.1);
  });

  it('is its formula, over 20 steps', () => {
    for (const [j, v] of trainTwin(make(), size).entries())
      expect(Math.abs(v - expected[j]!)).toBeLessThan(1e-9);
  });

  it('stays near it in fixed point', async () => {
    const trained = await trainPlain(make(), size);
    for (const [j, v] of trained.entries()) expect(Math.abs(v - expected[j]!)).toBeLessThan(2 ** -10);
  });
});

describe('wrong optimizers are refused', () => {
  it.each([
    ['no learning rate', () => new optimizer.SGD({ learningRate: 0 }), /learning rate cannot be 0/],
    [
      'a negative decay',
      () => new optimizer.SGD({ learningRate: 1, weightDecay: -1 }),
      /weight decay cannot be -1/,
    ],
    ['no loss scale', () => new optimizer.SGD({ learningRate: 1, lossScale: 0 }), /loss scale cannot be 0/],
    [
      'a momentum that stays',
      () => new optimizer.Momentum({ learningRate: 1, momentum: 1 }),
      /momentum cannot be 1/,
    ],
    ['a beta that stays', () => new optimizer.Adam({ learningRate: 1, beta2: 1 }), /beta2 cannot be 1/],
    [
      'gradients without room',
      () => new optimizer.Adam({ learningRate: 1, epsilon: 1e-8 }),
      /no room in fixed point/,
    ],
    ['no epsilon', () => new optimizer.RMSProp({ learningRate: 1, epsilon: 0 }), /epsilon cannot be 0/],
  ] as const)('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

it('a network learns what no line separates, as its float twin does', async () => {
  const p = program(() => {
    const [input, label] = [data({ name: 'x', shape: [4, 2] }), data({ name: 'y', shape: [4, 1] })];
    const hidden = layers.fc({ input, size: 8, act: 'tanh', name: 'hidden' });
    const logits = layers.fc({ input: hidden, size: 1, name: 'out' });
    const loss = layers.mean(layers.sigmoidCrossEntropyWithLogits({ input: logits, label }));
    reveal(loss, 'all', 'loss');
    new optimizer.Adam({ learningRate: 0.1 }).minimize(loss);
  });
  const feed = {
    x: new NdArray([4, 2], Float64Array.of(-1, -1, -1, 1, 1, -1, 1, 1)),
    y: new NdArray([4, 1], Float64Array.of(0, 1, 1, 0)),
  };
  const { environments } = job(seededPlain(3));
  const exe = new Executor({ environment: environments[0]!, program: p, checkRanges: true });
  const shared = await exe.share({
    x: { owner: 0, shape: [4, 2], values: feed.x },
    y: { owner: 0, shape: [4, 1], values: feed.y },
  });
  const weights = Object.fromEntries(
    ['hidden.w_0', 'out.w_0'].map(
      (name, i) =>
        [
          name,
          new NdArray(
            [
              [2, 8],
              [8, 1],
            ][i]!,
          ),
        ] as const,
    ),
  );
  const forward = program(() => {
    for (const [name, { shape }] of Object.entries(weights))
      reveal(
        parameter({ name, shape, initializer: xavierInitializer(...(shape as [number, number])) }),
        'all',
        `${name}.start`,
      );
  });
  const names = Object.keys(weights);
  const starts = await exe.run({ program: forward, fetchList: names.map((name) => `${name}.start`) });
  const twin = new FloatTwin(p, Object.fromEntries(names.map((name, i) => [name, starts[i]!])));
  const losses: (readonly [number, number])[] = [];
  for (let step = 0; step < 60; step++) {
    const [loss] = await exe.run({ feed: shared, fetchList: ['loss'] });
    losses.push([loss!.item(), twin.run({ feed, fetchList: ['loss'] })[0]!.item()]);
  }
  await exe.close();
  const [fixed, float] = losses.at(-1)!;
  expect(losses[0]![1]).toBeGreaterThan(0.5);
  expect(float).toBeLessThan(0.05);
  expect(Math.abs(fixed - float)).toBeLessThan(0.01);
});
