import { aby3 } from '@triad/aby3';
import {
  data,
  decryptModel,
  decryptRaw,
  type Executor,
  encryptModel,
  encryptRaw,
  FloatTwin,
  layers,
  NdArray,
  optimizer,
  program,
  reveal,
  type Weights,
} from '@triad/layers';
import { expect, it } from 'vitest';
import { everywhere } from '../fixture/in-process.js';

const model = program(() => {
  const x = data({ name: 'x', shape: [16, 3] });
  const y = data({ name: 'y', shape: [16, 1] });
  const hidden = layers.dropout({
    input: layers.fc({ input: x, size: 4, act: 'tanh', name: 'hidden' }),
    rate: 0.25,
  });
  const prediction = layers.fc({ input: hidden, size: 1, name: 'out' });
  const loss = layers.mean(layers.squareErrorCost({ input: prediction, label: y }));
  reveal(loss, 'all', 'loss');
  const learningRate = optimizer.cosineDecay({ learningRate: 0.05, decaySteps: 20 });
  new optimizer.Adam({ learningRate }).minimize(loss);
});

const wave = (shape: readonly number[], speed: number): NdArray =>
  new NdArray(
    shape,
    Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(speed * (i + 1))),
  );

const feed = { x: wave([16, 3], 0.7), y: wave([16, 1], 1.3) };
const layersOnly: Weights = {
  'hidden.w_0': wave([3, 4], 2.3),
  'hidden.b_0': new NdArray([4]),
  'out.w_0': wave([4, 1], 1.9),
  'out.b_0': new NdArray([1]),
};

/** A job of its own: loads, runs steps, saves. */
const train = (files: readonly Uint8Array[], steps: number): Promise<Uint8Array[]> =>
  everywhere(
    aby3(),
    [],
    async (exe: Executor, role) => {
      await exe.load(files[role as number], { allowMissing: true });
      const { x, y } = await exe.share({
        x: { owner: 0, shape: [16, 3], values: feed.x },
        y: { owner: 0, shape: [16, 1], values: feed.y },
      });
      await Promise.all(Array.from({ length: steps }, () => exe.run({ feed: { x, y } })));
      return (await exe.save())!;
    },
    model,
  );

const twin = (start: Weights, steps: number): Weights => {
  const float = new FloatTwin(model, start);
  for (let step = 0; step < steps; step++) float.run({ feed });
  return Object.fromEntries(float.parameters);
};

const distance = (a: Weights, b: Weights): number =>
  Math.max(
    ...Object.keys(layersOnly).map((name) =>
      Math.max(...a[name]!.data.map((value, i) => Math.abs(value - b[name]!.data[i]!))),
    ),
  );

it('a training on shares that was saved goes on where it stopped: Adam, schedule, dropout', async () => {
  const scheme = aby3();
  const half = await train(encryptModel(layersOnly, scheme), 5);
  const resumed = decryptModel(await train(half, 5), scheme);
  const straight = twin(layersOnly, 10);
  // What README.md states of optimizers after 20 steps.
  expect(distance(resumed, straight)).toBeLessThan(2 ** -10);
  // A count that starts anew, as a model encrypted anew has it, would be seen.
  const restarted = twin(twin(layersOnly, 5), 5);
  expect(distance(restarted, straight)).toBeGreaterThan(2 ** -8);
});

it('two files of one party, of the same parameters, have nothing in common', async () => {
  const scheme = aby3();
  const files = encryptModel(layersOnly, scheme);
  const saved = await everywhere(
    scheme,
    [],
    async (exe: Executor, role) => {
      await exe.load(files[role as number], { allowMissing: true });
      return [(await exe.save())!, (await exe.save())!] as const;
    },
    model,
  );
  const [first, second] = [saved.map(([file]) => file), saved.map(([, file]) => file)];
  expect(distance(decryptModel(first, scheme), layersOnly)).toBeLessThan(2 ** -17);
  expect(decryptModel(first, scheme)).toEqual(decryptModel(second.slice(1), scheme));
  expect(() => decryptModel([first[0]!, second[1]!], scheme)).toThrow(/two models/);
  for (const rank of [0, 1, 2]) {
    const earlier = new Set([...words(files[rank]!), ...words(first[rank]!)]);
    expect(words(second[rank]!).filter((word) => earlier.has(word))).toEqual([]);
  }
});

/** The words of a share's tensors: uniform, so that the few here hardly ever repeat one. */
const words = (file: Uint8Array): bigint[] => {
  const start = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return [...new BigInt64Array(file.slice(start).buffer)];
};

/** Records of two values, [1, -2] and [0.5, 3], as PaddleFL's save_aby3_shares writes them: x_i, then x_(i+1), record by record. */
const component = [
  [10n, -20n, 30n, 1n << 62n],
  [7n, 8n, -9n, 1n << 62n],
];
const fixed = [65536n, -131072n, 32768n, 196608n];
const last = fixed.map((v, i) => BigInt.asIntN(64, v - component[0]![i]! - component[1]![i]!));
const parts = [0, 1, 2].map((i) => {
  const [a, b] = [[...component, last][i]!, [...component, last][(i + 1) % 3]!];
  const record = (r: number) => [...a.slice(2 * r, 2 * r + 2), ...b.slice(2 * r, 2 * r + 2)];
  return new Uint8Array(BigInt64Array.from([...record(0), ...record(1)]).buffer);
});

it("PaddleFL's parts are read, from all three parties and from any two", () => {
  for (const missing of [undefined, 0, 1, 2]) {
    const given = parts.map((part, i) => (i === missing ? undefined : part));
    const { shape, data } = decryptRaw(given, [2], aby3());
    expect([shape, ...data]).toEqual([[2, 2], 1, -2, 0.5, 3]);
  }
  const changed = parts.map((part, i) => part.map((byte, at) => (i === 1 && at === 0 ? byte ^ 1 : byte)));
  expect(() => decryptRaw(changed, [2], aby3())).toThrow(/parties 0 and 1/);
  expect(() => decryptRaw([parts[0]], [2], aby3())).toThrow(/one party alone/);
});

it("PaddleFL's reader finds the values in the parts written here", () => {
  const files = encryptRaw(
    [
      [1, -2],
      [0.5, 3],
    ],
    aby3(),
  ).map((file) => new BigInt64Array(file.buffer));
  // reconstruct: the sum of what lies at [party][0], per record of shape [2, 2].
  const sums = [0, 1, 4, 5].map((at) =>
    BigInt.asIntN(
      64,
      files.reduce((sum, file) => sum + file[at]!, 0n),
    ),
  );
  expect(sums).toEqual(fixed);
  for (const rank of [0, 1, 2])
    expect([2, 3, 6, 7].map((at) => files[rank]![at])).toEqual(
      [0, 1, 4, 5].map((at) => files[(rank + 1) % 3]![at]),
    );
});
