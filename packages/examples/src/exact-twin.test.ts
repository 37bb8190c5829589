import { aby3 } from '@triad/aby3';
import {
  constantInitializer,
  data,
  Executor,
  FloatTwin,
  init,
  layers,
  NdArray,
  optimizer,
  parameter,
  program,
  reveal,
  type Variable,
} from '@triad/layers';
import { local, plain, type Scheme } from '@triad/protocol';
import { expect, it } from 'vitest';

const rows = 6;

const dense = (x: Variable, name: string, shape: readonly [number, number]): Variable => {
  const initializer = constantInitializer(0.0625);
  const w = parameter({ name: `${name}.w`, shape, initializer });
  return layers.add(layers.matmul(x, w), parameter({ name: `${name}.b`, shape: [shape[1]] }));
};

/** Convolution, two dense layers, slices, products of secrets, a loss and its training. */
const model = program(() => {
  const image = data({ name: 'image', shape: [rows, 2, 5, 5] });
  const side = data({ name: 'side', shape: [rows, 5] });
  const label = data({ name: 'label', shape: [rows, 3] });
  const filter = data({ name: 'filter', shape: [4, 2, 3, 3] });
  const features = layers.reshape(layers.conv2d(image, filter, { stride: [2, 2] }), [rows, 16]);
  const gated = layers.mul(layers.slice(features, [0, 0], [rows, 5]), layers.scale(side, 0.3));
  const wide = layers.concat([layers.pad(gated, [0, 1], [0, 2]), layers.scale(features, -1.7)], 1);
  const hidden = dense(wide, 'hidden', [24, 7]);
  const prediction = dense(layers.add(hidden, layers.mean(side)), 'out', [7, 3]);
  const loss = layers.mean(layers.squareErrorCost({ input: prediction, label }));
  reveal(loss, 'all', 'loss');
  reveal(prediction, 'all', 'prediction');
  new optimizer.SGD({ learningRate: 0.03 }).minimize(loss);
});

const wave = (shape: readonly number[], speed: number): NdArray => {
  const count = shape.reduce((a, b) => a * b, 1);
  return new NdArray(
    shape,
    Float64Array.from({ length: count }, (_, i) => Math.sin(speed * (i + 1))),
  );
};

const feed = {
  image: wave([rows, 2, 5, 5], 0.7),
  side: wave([rows, 5], 1.3),
  label: wave([rows, 3], 2.1),
  filter: wave([4, 2, 3, 3], 0.31),
};
const fetchList = ['loss', 'prediction'];
const steps = 4;

/** The outputs of every step. */
const train = async <S>(scheme: Scheme<S>): Promise<number[][]> => {
  const { channels } = local(3);
  const party = async (role: number) => {
    const network = { join: async () => channels[role]! };
    const exe = new Executor({ environment: init(scheme, role, network), program: model });
    const inputs = Object.entries(feed).map(([name, values]) => [
      name,
      { owner: 0, shape: values.shape, values },
    ]);
    const shared = await exe.share(Object.fromEntries(inputs));
    const runs = Array.from({ length: steps }, () => exe.run({ feed: shared, fetchList }));
    const outputs = await Promise.all(runs);
    await exe.close();
    return outputs.map((values) => values.flatMap((value) => Array.from(value!.data)));
  };
  const [outputs] = await Promise.all([0, 1, 2].map(party));
  return outputs!;
};

it('trains a model on aby3, rounding exactly, bit for bit as the plaintext protocol does', async () => {
  expect(await train(aby3({ truncation: 'exact' }))).toEqual(await train(plain(3)));
});

it('trains it with the default truncation to within a thousandth of floating point', async () => {
  const outputs = await train(aby3());
  const twin = new FloatTwin(model);
  for (const values of outputs) {
    const exact = twin.run({ feed, fetchList }).flatMap((value) => Array.from(value.data));
    expect(values).toHaveLength(exact.length);
    for (const [i, v] of values.entries()) expect(Math.abs(v - exact[i]!)).toBeLessThan(1e-3);
  }
});
