import { plain } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { everywhere, job } from './fixture/parties.js';
import {
  data,
  Executor,
  FloatTwin,
  layers,
  NdArray,
  type Nested,
  program,
  reveal,
  type Variable,
} from './index.js';

/** Runs f on numbers, by the plaintext protocol and by its float twin. */
const compute = async (inputs: readonly Nested[], f: (...xs: Variable[]) => Variable) => {
  const feed = inputs.map((values) => NdArray.from(values));
  const p = program(() => {
    reveal(f(...feed.map(({ shape }, i) => data({ name: `x_${i}`, shape: [...shape] }))), 'all', 'y');
  });
  const named = Object.fromEntries(feed.map((values, i) => [`x_${i}`, values]));
  const [fixed] = await everywhere(job(plain(1)), p, async (exe) => {
    const shared = await exe.share(
      Object.fromEntries(
        Object.entries(named).map(([name, v]) => [name, { owner: 0, shape: v.shape, values: v }]),
      ),
    );
    const [y] = await exe.run({ feed: shared, fetchList: ['y'] });
    const weights: Record<string, NdArray> = {};
    for (const [name, parameter] of exe.parameters) weights[name] = (await exe.reveal(parameter))!;
    return { y: y!, weights };
  });
  const [float] = new FloatTwin(p, fixed!.weights).run({ feed: named, fetchList: ['y'] });
  const errors = float!.data.map((v, i) => Math.abs(v - fixed!.y.data[i]!));
  expect(Math.max(...errors)).toBeLessThan(2 ** -12);
  return { shape: float!.shape, values: [...float!.data], weights: fixed!.weights };
};

const close = (actual: readonly number[], expected: readonly number[], digits = 10) => {
  expect(actual).toHaveLength(expected.length);
  for (const [i, v] of expected.entries()) expect(actual[i]).toBeCloseTo(v, digits);
};

const image = [
  [
    [
      [1, -2, 3],
      [4, 5, -6],
      [-7, -8, -9],
    ],
  ],
];

describe('pool2d', () => {
  it('takes the maximum of windows', async () => {
    const { shape, values } = await compute([image], (x) => layers.pool2d({ input: x, poolSize: 2 }));
    expect(shape).toEqual([1, 1, 2, 2]);
    close(values, [5, 5, 5, 5]);
  });

  it('takes no padding for a maximum', async () => {
    const { values } = await compute([image], (x) =>
      layers.pool2d({ input: x, poolSize: 2, poolStride: 2, poolPadding: 1 }),
    );
    close(values, [1, 3, 4, 5]);
  });

  it('averages what is inside the image, or windows with their padding', async () => {
    const options = { poolType: 'avg', poolSize: 2, poolStride: 2, poolPadding: 1 } as const;
    const inside = await compute([image], (x) => layers.pool2d({ input: x, ...options }));
    close(inside.values, [1, 0.5, -1.5, -4.5]);
    const whole = await compute([image], (x) => layers.pool2d({ input: x, ...options, exclusive: false }));
    close(whole.values, [0.25, 0.25, -0.75, -4.5]);
  });

  it('takes whole images', async () => {
    const { shape, values } = await compute([image], (x) =>
      layers.pool2d({ input: x, poolType: 'avg', globalPooling: true }),
    );
    expect(shape).toEqual([1, 1, 1, 1]);
    close(values, [-19 / 9]);
  });
});

describe('embedding', () => {
  it('looks up rows of secret numbers', async () => {
    const { shape, values, weights } = await compute(
      [
        [
          [[2], [0]],
          [[1], [2]],
        ],
      ],
      (x) => layers.embedding({ input: layers.oneHot({ input: x, depth: 3 }), size: [3, 2], name: 'e' }),
    );
    const row = (i: number) => [...weights['e.w_0']!.data.slice(2 * i, 2 * i + 2)];
    expect(shape).toEqual([2, 2, 2]);
    close(values, [2, 0, 1, 2].flatMap(row));
  });

  it('makes one-hot rows, the ends for numbers outside', async () => {
    const { values } = await compute([[[0], [3], [1], [-5], [9]]], (x) =>
      layers.oneHot({ input: x, depth: 4 }),
    );
    close(
      values,
      [0, 3, 1, 0, 3].flatMap((k) => [0, 1, 2, 3].map((i) => (i === k ? 1 : 0))),
    );
  });
});

/** One GRU by loops over numbers. */
const gru = (x: number[][], w: Float64Array, size: number): number[] => {
  const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
  const at = (h: number[], column: number) => h.reduce((s, v, i) => s + v * w[i * 3 * size + column]!, 0);
  let h = new Array<number>(size).fill(0);
  const states: number[] = [];
  for (const row of x) {
    const u = h.map((_, j) => sigmoid(row[j]! + at(h, j)));
    const r = h.map((_, j) => sigmoid(row[size + j]! + at(h, size + j)));
    const kept = h.map((v, j) => v * r[j]!);
    const c = h.map((_, j) => Math.tanh(row[2 * size + j]! + at(kept, 2 * size + j)));
    h = h.map((v, j) => (1 - u[j]!) * v + u[j]! * c[j]!);
    states.push(...h);
  }
  return states;
};

describe('dynamicGru', () => {
  const x = [
    [0.3, -0.8, 1.2, 0.1, -0.5, 0.9],
    [1, -1, 0.5, 0.25, -0.75, 0.6],
    [-0.2, 0.7, -1, 0.4, 0.3, 0.1],
  ];

  it('is the recurrence of its paper', async () => {
    const { shape, values, weights } = await compute([[x]], (input) =>
      layers.dynamicGru({ input, size: 2, name: 'g' }),
    );
    expect(shape).toEqual([1, 3, 2]);
    close(values, gru(x, weights['g.w_0']!.data, 2));
  });

  it('runs backwards', async () => {
    const { values, weights } = await compute([[x]], (input) =>
      layers.dynamicGru({ input, size: 2, name: 'g', isReverse: true }),
    );
    const states = gru([...x].reverse(), weights['g.w_0']!.data, 2);
    close(
      values,
      [4, 5, 2, 3, 0, 1].map((i) => states[i]!),
    );
  });
});

describe('normalisation', () => {
  it('gives rows mean 0 and deviation 1', async () => {
    const { values } = await compute(
      [
        [
          [1, 2, 3, 6],
          [-1, 0, 0.5, 0.25],
        ],
      ],
      (x) => layers.layerNorm({ input: x, epsilon: 2 ** -13 }),
    );
    for (const row of [values.slice(0, 4), values.slice(4)]) {
      close([row.reduce((a, b) => a + b) / 4, row.reduce((a, b) => a + b * b, 0) / 4], [0, 1], 3);
    }
  });

  /** Factors of products have 12 significant bits. */
  it('moves statistics in training, and takes them in a test', async () => {
    const rows = [
      [1, 10],
      [3, 20],
      [5, 60],
    ];
    const build = (isTest: boolean) =>
      program(() => {
        const y = layers.batchNorm({ input: data({ name: 'x', shape: [null, 2] }), name: 'bn', isTest });
        reveal(y, 'all', 'y');
      });
    const [train, test] = [build(false), build(true)];
    const { environments } = job(plain(1));
    const exe = new Executor({ environment: environments[0]!, program: train });
    const { x } = await exe.share({ x: { owner: 0, shape: [3, 2], values: rows } });
    for (let i = 0; i < 3; i++) await exe.run({ feed: { x } });
    const left = 0.9 ** 3;
    const [mean, variance] = [
      [3, 30],
      [8 / 3, 1400 / 3],
    ].map((now, i) => now.map((v) => i * left + v * (1 - left)));
    const shown = await Promise.all(
      ['bn.w_1', 'bn.w_2'].map((name) => exe.reveal(exe.parameters.get(name)!)),
    );
    close([...shown[0]!.data], mean!, 2);
    for (const [i, v] of variance!.entries())
      expect(Math.abs(shown[1]!.data[i]! / v - 1)).toBeLessThan(2 ** -11);
    const [y] = await exe.run({ program: test, feed: { x }, fetchList: ['y'] });
    close(
      [...y!.data],
      rows.flatMap((row) => row.map((v, i) => (v - mean![i]!) / Math.sqrt(variance![i]! + 2 ** -10))),
      2,
    );
    await exe.close();
  });

  it('finds ranges and means of rows that lie with several parties', async () => {
    const [min, max, mean] = [
      [
        [-1, 2],
        [-3, 1],
        [0, 5],
      ],
      [
        [4, 9],
        [1, 12],
        [2, 7],
      ],
      [
        [1, 4],
        [-1, 8],
        [1, 6],
      ],
    ];
    const samples = [100, 300, 600];
    const expected = [7, 11, (100 - 300 + 600) / 1000, (400 + 2400 + 3600) / 1000];
    const found =
      (own: readonly number[] | Variable) =>
      (...[a, b, c]: Variable[]) => {
        const { range, mean: m } = layers.meanNormalize({ min: a!, max: b!, mean: c!, samples: own });
        return layers.concat([range, m], 0);
      };
    close((await compute([min!, max!, mean!], found(samples))).values, expected);
    const secret = await compute([min!, max!, mean!, samples], (...xs) => found(xs[3]!)(...xs));
    close(secret.values, expected);
  });
});

describe('losses', () => {
  const [x, y] = [[[-3, 0.5, 2, 30]], [[0, 1, 1, 0]]];

  it('are their formulas', async () => {
    const loss = async (f: (o: { input: Variable; label: Variable }) => Variable) =>
      (await compute([x, y], (input, label) => f({ input: input!, label: label! }))).values;
    const entropy = x[0]!.map((v, i) => {
      const p = 1 / (1 + Math.exp(-v));
      return y[0]![i] === 1 ? -Math.log(p) : -Math.log(1 - p);
    });
    close((await loss(layers.sigmoidCrossEntropyWithLogits)).slice(0, 3), entropy.slice(0, 3));
    close(await loss(layers.hingeLoss), [0, 0.5, 0, 31]);
    close(await loss(layers.huberLoss), [2.5, 0.125, 0.5, 29.5]);
  });
});

it('layers over more axes take any batch', async () => {
  const p = program(() => {
    const x = data({ name: 'x', shape: [null, 2, 4] });
    const words = layers.embedding({ input: x, size: [4, 3], name: 'e' });
    const projected = layers.fc({ input: words, size: 6, numFlattenDims: 2, name: 'f' });
    reveal(layers.dynamicGru({ input: projected, size: 2, name: 'g' }), 'all', 'y');
  });
  const exe = new Executor({ environment: job(plain(1)).environments[0]!, program: p });
  const rows = Array.from({ length: 5 }, (_, i) =>
    [0, 1].map((t) => [0, 1, 2, 3].map((k) => (k === (i + t) % 4 ? 1 : 0))),
  );
  const { x } = await exe.share({ x: { owner: 0, shape: [5, 2, 4], values: rows } });
  const [whole] = await exe.run({ feed: { x }, fetchList: ['y'] });
  const [part] = await exe.run({ feed: { x: x.rows(2, 4) }, fetchList: ['y'] });
  await exe.close();
  expect(part!.shape).toEqual([2, 2, 2]);
  close([...part!.data], [...whole!.data.slice(8, 16)]);
});

const huber = (x: Variable) => layers.huberLoss({ input: x, label: x, delta: 0 });

describe('wrong layers are refused', () => {
  const image = () => data({ name: 'image', shape: [null, 4, 6, 6] });
  const rows = () => data({ name: 'rows', shape: [null, 6] });
  it.each([
    [
      'groups that do not divide',
      () => layers.conv2d({ input: image(), numFilters: 4, filterSize: 3, groups: 3 }),
      /3 groups/,
    ],
    [
      'a vector for a convolution',
      () => layers.conv2d({ input: rows(), numFilters: 4, filterSize: 3 }),
      /cannot make 4 filters/,
    ],
    [
      'half a stride',
      () => layers.conv2d({ input: image(), numFilters: 4, filterSize: 3, stride: 0.5 }),
      /stride cannot be 0.5/,
    ],
    ['images without filters', () => layers.conv2d(image(), undefined as never), /without filters/],
    ['no pooling window', () => layers.pool2d({ input: image() }), /no window/],
    [
      'windows of padding',
      () => layers.pool2d({ input: image(), poolSize: 2, poolPadding: 2 }),
      /outside of the image/,
    ],
    [
      'an unknown pooling',
      () => layers.pool2d({ input: image(), poolSize: 2, poolType: 'sum' as 'max' }),
      /no pooling 'sum'/,
    ],
    ['a vector for pooling', () => layers.pool2d({ input: rows(), poolSize: 2 }), /cannot take 'rows'/],
    ['parts that do not add up', () => layers.split(rows(), [2, 3]), /cannot be split/],
    ['a table of another length', () => layers.embedding({ input: rows(), size: [5, 2] }), /among 5 words/],
    ['numbers without an axis', () => layers.oneHot({ input: rows(), depth: 3 }), /one of 3/],
    ['a GRU of another width', () => layers.dynamicGru({ input: rows(), size: 2 }), /GRU of size 2/],
    ['a tiny epsilon', () => layers.layerNorm({ input: rows(), epsilon: 1e-9 }), /epsilon cannot be 1e-9/],
    ['no axes to normalise', () => layers.layerNorm({ input: rows(), beginNormAxis: 2 }), /no axes from 2/],
    ['a delta of nothing', () => huber(rows()), /delta cannot be 0/],
    ['everything dropped', () => layers.dropout({ input: rows(), rate: 1 }), /share of 1/],
  ] as const)('%s', (_, make, message) => {
    expect(() => program(() => void make())).toThrow(message);
  });
});
