import { aby3 } from '@triad/aby3';
import {
  data,
  Executor,
  FloatTwin,
  init,
  layers,
  NdArray,
  optimizer,
  plan,
  program,
  reveal,
  type Shared,
} from '@triad/layers';
import type { Network } from '@triad/protocol';
import { median, type PartyCase, type Reference, type Runner } from './case.js';

const rows = 404;
const features = 13;
const epochs = 10;

/** One step of linear regression. Its loss is revealed to the computing parties, as when one watches a training. */
const model = program(() => {
  const x = data({ name: 'x', shape: [null, features] });
  const y = data({ name: 'y', shape: [null, 1] });
  const prediction = layers.fc({ input: x, size: 1, name: 'fc' });
  const loss = layers.mean(layers.squareErrorCost({ input: prediction, label: y }));
  reveal(loss, 'all', 'loss');
  new optimizer.SGD({ learningRate: 0.1 }).minimize(loss);
});

const fetchList = ['loss'];
const x = new NdArray(
  [rows, features],
  Float64Array.from({ length: rows * features }, (_, i) => Math.sin(i * 1.7) / 2),
);
const y = new NdArray(
  [rows, 1],
  Float64Array.from({ length: rows }, (_, i) => 22 + 9 * x.data[i * features]!),
);

/** Start and end of every step's rows. */
const steps = (batch: number): [number, number][] =>
  Array.from({ length: epochs }, () =>
    Array.from({ length: Math.ceil(rows / batch) }, (_, i): [number, number] => [
      i * batch,
      Math.min((i + 1) * batch, rows),
    ]),
  ).flat();

/** Ten epochs of linear regression on data that is shared already. */
export const linreg = (name: string, batch: number): PartyCase => ({
  name,
  size: `${rows}x${features}, batch ${batch}, ${epochs} epochs`,
  rounds: Math.ceil(plan(model, aby3(), { batch, fetchList }).roundsPerStep * steps(batch).length),
  warmUp: Math.ceil(4000 / steps(batch).length),
  reference: async () => floatTwin(batch),
  open: (role, network) => open(role, network, batch),
});

const open = async (role: number, network: Network, batch: number): Promise<Runner> => {
  const exe = new Executor({ environment: init(aby3(), role, network), program: model });
  const shared = await exe.share({
    x: { owner: 0, shape: x.shape, values: x },
    y: { owner: 1, shape: y.shape, values: y },
  });
  const step = ([start, end]: readonly [number, number]) =>
    exe.run({ feed: { x: shared.x.rows(start, end), y: shared.y.rows(start, end) }, fetchList });
  return {
    barrier: () => meet(exe, shared.y),
    run: async () => void (await Promise.all(steps(batch).map(step))),
    close: () => exe.close(),
  };
};

/** Everybody waits for everybody's part of a value. */
const meet = async (exe: Executor, shared: Shared): Promise<void> =>
  void (await exe.reveal(shared.rows(0, 1)));

const floatTwin = (batch: number): Reference => {
  const train = () => {
    const weights = new NdArray([features, 1], new Float64Array(features));
    const twin = new FloatTwin(model, { 'fc.w_0': weights });
    const start = performance.now();
    for (const [a, b] of steps(batch)) twin.run({ feed: { x: x.rows(a, b), y: y.rows(a, b) }, fetchList });
    return (performance.now() - start) / 1000;
  };
  for (let i = 0; i < 3; i++) train();
  return { name: 'the float64 twin, one process', seconds: median(Array.from({ length: 5 }, train)) };
};
