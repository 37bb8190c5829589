import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Checked, expectGradients, gradientErrors } from './fixture/gradient-check.js';
import { constant, layers, type Variable } from './index.js';

const image = [2, 4, 5, 5];

const cases: Readonly<Record<string, readonly Omit<Checked, 'seed'>[]>> = {
  fc: [
    { shapes: [[3, 4]], f: (x) => layers.fc({ input: x!, size: 2 }) },
    { shapes: [[3, 2, 2]], f: (x) => layers.fc({ input: x!, size: 3, bias: false }) },
    { shapes: [[3, 2, 4]], f: (x) => layers.fc({ input: x!, size: 3, numFlattenDims: 2 }) },
    {
      shapes: [
        [3, 4],
        [3, 2],
      ],
      f: (x, y) => layers.fc({ input: [x!, y!], size: 2, act: 'tanh' }),
    },
    { shapes: [[3, 4]], f: (x) => layers.fc({ input: x!, size: 3, act: 'relu' }) },
    { shapes: [[3, 4]], f: (x) => layers.fc({ input: x!, size: 3, act: 'sigmoid' }) },
    { shapes: [[3, 4]], f: (x) => layers.fc({ input: x!, size: 3, act: 'gelu' }) },
  ],
  conv2d: [
    { shapes: [image], f: (x) => layers.conv2d({ input: x!, numFilters: 3, filterSize: 3 }) },
    {
      shapes: [image],
      f: (x) =>
        layers.conv2d({
          input: x!,
          numFilters: 2,
          filterSize: [2, 3],
          stride: [2, 1],
          padding: [1, 2],
          dilation: [1, 2],
          groups: 2,
          act: 'tanh',
        }),
    },
    {
      shapes: [image],
      f: (x) => layers.conv2d({ input: x!, numFilters: 4, filterSize: 3, groups: 4, bias: false }),
    },
    {
      shapes: [image],
      f: (x) => layers.conv2d({ input: x!, numFilters: 8, filterSize: 2, groups: 4, act: 'relu' }),
    },
  ],
  pool2d: [
    { shapes: [image], f: (x) => layers.pool2d({ input: x!, poolSize: 2, poolStride: 2 }) },
    {
      shapes: [image],
      f: (x) => layers.pool2d({ input: x!, poolSize: 3, poolStride: [1, 2], poolPadding: 1 }),
    },
    { shapes: [image], f: (x) => layers.pool2d({ input: x!, globalPooling: true }) },
    { shapes: [image], f: (x) => layers.pool2d({ input: x!, poolType: 'avg', poolSize: 2, poolStride: 2 }) },
    {
      shapes: [image],
      f: (x) => layers.pool2d({ input: x!, poolType: 'avg', poolSize: 3, poolPadding: [1, 0] }),
    },
    {
      shapes: [image],
      f: (x) => layers.pool2d({ input: x!, poolType: 'avg', poolSize: 3, poolPadding: 1, exclusive: false }),
    },
  ],
  dropout: [
    { shapes: [[4, 5]], f: (x) => layers.dropout({ input: layers.mul(x!, x!), rate: 0.3 }) },
    { shapes: [[4, 5]], f: (x) => layers.dropout({ input: layers.mul(x!, x!), isTest: true }) },
  ],
  batchNorm: [
    { shapes: [[6, 3]], f: (x) => layers.batchNorm({ input: x!, act: 'tanh' }) },
    { shapes: [[2, 3, 2, 2]], f: (x) => layers.batchNorm({ input: x! }) },
    { shapes: [[2, 3, 2, 2]], f: (x) => layers.batchNorm({ input: layers.mul(x!, x!), isTest: true }) },
  ],
  layerNorm: [
    { shapes: [[2, 6]], f: (x) => layers.layerNorm({ input: x! }) },
    { shapes: [[2, 3, 4]], f: (x) => layers.layerNorm({ input: x!, beginNormAxis: 2, act: 'sigmoid' }) },
    { shapes: [[2, 6]], f: (x) => layers.layerNorm({ input: x!, scale: false, shift: false }) },
  ],
  embedding: [
    { shapes: [[3, 4]], f: (x) => layers.embedding({ input: x!, size: [4, 2] }) },
    { shapes: [[2, 3, 4]], f: (x) => layers.tanh(layers.embedding({ input: x!, size: [4, 2] })) },
  ],
  dynamicGru: [
    { shapes: [[2, 3, 6]], f: (x) => layers.dynamicGru({ input: x!, size: 2 }) },
    {
      shapes: [[2, 3, 6]],
      f: (x) => layers.dynamicGru({ input: x!, size: 2, originMode: true, isReverse: true }),
    },
    {
      shapes: [
        [2, 2, 6],
        [2, 2],
      ],
      f: (x, h0) => layers.dynamicGru({ input: x!, size: 2, h0: h0!, bias: false }),
    },
    {
      shapes: [[2, 2, 3]],
      f: (x) => layers.dynamicGru({ input: layers.fc({ input: x!, size: 6, numFlattenDims: 2 }), size: 2 }),
    },
  ],
  split: [
    {
      shapes: [[2, 5]],
      f: (x) => {
        const [a, b] = layers.split(x!, [2, 3]);
        return layers.concat([layers.mul(b!, b!), layers.scale(a!, 3)], 1);
      },
    },
  ],
  functions: [
    ...[layers.relu, layers.abs, layers.sigmoid, layers.tanh, layers.gelu, layers.softplus].map(
      (f): Omit<Checked, 'seed'> => ({ shapes: [[3, 4]], f: (x) => f(x!), range: [-4, 4] }),
    ),
    ...[layers.exp, layers.log, layers.reciprocal, layers.rsqrt, layers.sqrt].map(
      (f): Omit<Checked, 'seed'> => ({
        shapes: [[3, 4]],
        f: (x) => f(x!, { low: 0.5, high: 4 }),
        range: [0.5, 4],
      }),
    ),
    ...[layers.log, layers.reciprocal, layers.rsqrt, layers.sqrt].map(
      (f): Omit<Checked, 'seed'> => ({ shapes: [[3, 4]], f: (x) => f(x!), range: [0.5, 4] }),
    ),
    {
      shapes: [
        [3, 4],
        [3, 1],
      ],
      f: (x, y) => layers.division(x!, y!, { low: 0.5, high: 4 }),
      range: [0.5, 4],
    },
    {
      shapes: [
        [3, 4],
        [3, 4],
      ],
      f: (x, y) => layers.add(layers.minimum(x!, y!), layers.scale(layers.maximum(x!, 0.25), 2)),
    },
  ],
  extremum: [
    { shapes: [[2, 5]], f: (x) => layers.topK(x!, 2).values },
    { shapes: [[3, 5]], f: (x) => layers.reduceMax(x!) },
    { shapes: [[2, 19]], f: (x) => layers.reduceMin(x!) },
  ],
  softmax: [
    { shapes: [[3, 4]], f: (x) => layers.softmax(x!), range: [-4, 4] },
    { shapes: [[3, 4]], f: (x) => layers.fc({ input: x!, size: 3, act: 'softmax' }) },
  ],
  losses: [
    {
      shapes: [[3, 4]],
      f: (x) =>
        layers.softmaxCrossEntropyWithLogits({
          input: x!,
          label: constant([0, 1, 0, 0, 1, 0, 0, 0, 0.25, 0.25, 0.25, 0.25], [3, 4]),
        }),
      range: [-4, 4],
    },
    {
      shapes: [
        [3, 2],
        [3, 2],
      ],
      f: (x, y) => layers.squareErrorCost({ input: x!, label: y! }),
    },
    {
      shapes: [
        [3, 2],
        [3, 2],
      ],
      f: (x, y) => layers.sigmoidCrossEntropyWithLogits({ input: x!, label: y! }),
      range: [-6, 6],
    },
    {
      shapes: [
        [3, 2],
        [3, 2],
      ],
      f: (x, y) => layers.hingeLoss({ input: x!, label: y! }),
    },
    {
      shapes: [
        [3, 2],
        [3, 2],
      ],
      f: (x, y) => layers.huberLoss({ input: x!, label: y!, delta: 0.5 }),
    },
  ],
};

describe.each(Object.entries(cases))('the gradients of %s', (_, list) => {
  it.each(list.map((checked, i) => ({ checked, i })))('equal finite differences (case $i)', ({ checked }) =>
    expectGradients(checked),
  );
});

/** Layers that follow each other: [batch, features] in and out. */
const blocks: readonly ((x: Variable) => Variable)[] = [
  (x) => layers.fc({ input: x, size: 3 }),
  (x) => layers.fc({ input: x, size: 4, act: 'relu' }),
  (x) => layers.fc({ input: x, size: 4, act: 'sigmoid' }),
  (x) => layers.fc({ input: x, size: 5, act: 'tanh', bias: false }),
  (x) => layers.fc({ input: [x, layers.scale(x, 0.5)], size: 3, act: 'gelu' }),
  (x) => layers.dropout({ input: x, rate: 0.25 }),
  (x) => layers.fc({ input: x, size: 3, act: 'softmax' }),
  (x) => layers.concat([x, layers.reduceMax(x)], 1),
  (x) => layers.division(x, layers.add(1, layers.mul(x, x)), { low: 0.5, high: 64 }),
  (x) => layers.sqrt(layers.add(layers.mul(x, x), 0.5), { low: 0.25, high: 64 }),
  (x) => layers.exp(layers.minimum(x, 1)),
  (x) => layers.log(layers.add(1, layers.abs(x)), { low: 0.5, high: 64 }),
  (x) =>
    layers.fc({
      input: layers.conv2d({
        input: asImage(x),
        numFilters: 2,
        filterSize: [1, 2],
        padding: [0, 1],
        act: 'tanh',
      }),
      size: 3,
    }),
  (x) =>
    layers.fc({
      input: layers.pool2d({ input: asImage(x), poolSize: [1, 2], poolPadding: [0, 1] }),
      size: 4,
    }),
  (x) =>
    layers.fc({ input: layers.pool2d({ input: asImage(x), poolType: 'avg', poolSize: [1, 2] }), size: 4 }),
  (x) => layers.add(x, layers.tanh(x)),
  (x) => layers.layerNorm({ input: layers.concat([x, layers.scale(x, -0.5)], 1), epsilon: 2 ** -3 }),
  (x) => layers.batchNorm({ input: x, epsilon: 2 ** -3, act: 'tanh' }),
  (x) => layers.embedding({ input: x, size: [x.shape[1]!, 4] }),
  (x) => {
    const projected = layers.fc({
      input: layers.reshape(x, [x.shape[0]!, x.shape[1]!, 1]),
      size: 6,
      numFlattenDims: 2,
    });
    return layers.fc({ input: layers.dynamicGru({ input: projected, size: 2 }), size: 3 });
  },
];

const asImage = (x: Variable): Variable => layers.reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]);

describe('random networks', () => {
  it('have the gradients of finite differences', async () => {
    const network = fc.record({
      list: fc.array(fc.nat(blocks.length - 1), { minLength: 1, maxLength: 4 }),
      seed: fc.nat(2 ** 30),
    });
    await fc.assert(
      fc.asyncProperty(network, async ({ list, seed }) => {
        const f = (...[x]: Variable[]) => list.reduce((y, i) => blocks[i]!(y), x!);
        const errors = await gradientErrors({ shapes: [[2, 3]], f, seed });
        fc.pre(errors !== undefined);
        expect(errors!.float).toBeLessThan(1e-6);
        expect(errors!.fixed).toBeLessThan(2 ** -10);
      }),
      { numRuns: 400, seed: 20261123 },
    );
  });
});
