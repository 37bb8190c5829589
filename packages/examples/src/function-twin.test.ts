import { aby3 } from '@triad/aby3';
import {
  data,
  Executor,
  FloatTwin,
  init,
  layers,
  NdArray,
  program,
  reveal,
  type Variable,
} from '@triad/layers';
import { local, plain, type Scheme } from '@triad/protocol';
import { expect, it } from 'vitest';

const shape = [50, 10];

/** x within 8, and y = (x^2 + 1) / 2, which is above 0. */
const functions: Readonly<Record<string, (x: Variable, y: Variable) => Variable>> = {
  less: (x) => layers.less(x, 0.25),
  equal: (x) => layers.equal(layers.mul(layers.less(x, 0), 2), 2),
  select: (x, y) => layers.select(layers.greater(x, y), 3, x),
  maximum: (x, y) => layers.maximum(x, y),
  relu: (x) => layers.relu(x),
  abs: (x) => layers.abs(x),
  exp: (x) => layers.exp(x),
  log: (_, y) => layers.log(y),
  reciprocal: (_, y) => layers.reciprocal(y),
  rsqrt: (_, y) => layers.rsqrt(y),
  sqrt: (_, y) => layers.sqrt(y, { low: 0.5, high: 40 }),
  division: (x, y) => layers.division(x, y, { low: 0.5, high: 40 }),
  sigmoid: (x) => layers.sigmoid(x),
  sigmoidThreePieces: (x) => layers.sigmoidThreePieces(x),
  sigmoidFivePieces: (x) => layers.sigmoidFivePieces(x),
  softplus: (x) => layers.softplus(x),
  tanh: (x) => layers.tanh(x),
  gelu: (x) => layers.gelu(x),
  reduceMax: (x) => layers.reduceMax(x),
  reduceMin: (x) => layers.reduceMin(x),
  argmax: (x) => layers.argmax(x),
  topK: (x) => layers.topK(x, 3).values,
  softmax: (x) => layers.softmax(x),
};

const fetchList = Object.keys(functions);

const model = program(() => {
  const x = data({ name: 'x', shape });
  const y = layers.scale(layers.add(layers.mul(x, x), 1), 0.5);
  for (const [name, f] of Object.entries(functions)) reveal(f(x, y), 'all', name);
});

const x = new NdArray(
  shape,
  Float64Array.from({ length: 500 }, (_, i) => Math.round(8 * Math.sin(1.7 * i * i) * 2 ** 16) / 2 ** 16),
);

/** What every function gives. */
const compute = async <S>(scheme: Scheme<S>): Promise<readonly Float64Array[]> => {
  const { channels } = local(3);
  const party = async (role: number) => {
    const network = { join: async () => channels[role]! };
    const exe = new Executor({ environment: init(scheme, role, network), program: model });
    const shared = await exe.share({ x: { owner: 0, shape, values: x } });
    const outputs = await exe.run({ feed: shared, fetchList });
    await exe.close();
    return outputs.map((value) => value!.data);
  };
  return (await Promise.all([0, 1, 2].map(party)))[0]!;
};

it('computes functions on aby3, rounding exactly, bit for bit as the plaintext protocol does', async () => {
  expect(await compute(aby3({ truncation: 'exact' }))).toEqual(await compute(plain(3)));
});

it('computes them with the default truncation to 2^-12 of floating point, relative above 1', async () => {
  const exact = new FloatTwin(model).run({ feed: { x }, fetchList });
  for (const [k, values] of (await compute(aby3())).entries()) {
    const expected = exact[k]!.data;
    expect(values).toHaveLength(expected.length);
    const error = values.reduce(
      (e, v, i) => Math.max(e, Math.abs(v - expected[i]!) / Math.max(1, Math.abs(expected[i]!))),
      0,
    );
    expect(error, fetchList[k]).toBeLessThan(2 ** -12);
  }
});
