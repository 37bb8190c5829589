import { plain } from '@triad/protocol';
import { memory } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { everywhere, job } from './fixture/parties.js';
import {
  data,
  decryptModel,
  describeModel,
  Executor,
  encryptModel,
  layers,
  NdArray,
  optimizer,
  type Program,
  program,
  reveal,
} from './index.js';
import { withChecksum } from './model/checksum.js';
import { decodeSafetensors, encodeSafetensors } from './model/safetensors.js';

const model = (training: boolean, size = 4): Program =>
  program(() => {
    const x = data({ name: 'x', shape: [8, 3] });
    const hidden = layers.fc({ input: x, size, act: 'tanh', initializer: { kind: 'constant', value: 0.25 } });
    const prediction = layers.fc({
      input: layers.dropout({ input: hidden, rate: 0.25, isTest: !training }),
      size: 1,
    });
    reveal(prediction, 'all', 'prediction');
    if (!training) return;
    const y = data({ name: 'y', shape: [8, 1] });
    const loss = layers.mean(layers.squareErrorCost({ input: prediction, label: y }));
    reveal(loss, 'all', 'loss');
    const learningRate = optimizer.cosineDecay({ learningRate: 0.05, decaySteps: 20 });
    new optimizer.Adam({ learningRate }).minimize(loss);
  });

const initial = {
  'fc_1.w_0': [[0.5], [-0.5], [0.25], [1]],
  'fc_1.b_0': [0],
  'fc_0.w_0': [
    [1, -1, 0.5, 0],
    [0, 1, 1, -1],
    [0.5, 0, 0, 1],
  ],
  'fc_0.b_0': [0, 0, 0, 0],
};

const wave = (shape: readonly number[], speed: number) =>
  new NdArray(
    shape,
    Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(speed * (i + 1))),
  );

const scheme = plain(3);

/** Runs steps at every party; what the first sees, and every party's file. */
const work = async (
  p: Program,
  files: readonly Uint8Array[],
  body: (exe: Executor) => Promise<number[]>,
  allowMissing = false,
) => {
  const results = await everywhere(job(scheme), p, async (exe, role) => {
    await exe.load(files[role as number], { allowMissing });
    const seen = await body(exe);
    return { seen, file: (await exe.save())! };
  });
  return { seen: results[0]!.seen, files: results.map(({ file }) => file) };
};

const training = model(true);

const steps = (count: number) => async (exe: Executor) => {
  const { x, y } = await exe.share({
    x: { owner: 0, shape: [8, 3], values: wave([8, 3], 0.7) },
    y: { owner: 0, shape: [8, 1], values: wave([8, 1], 1.3) },
  });
  const losses = await Promise.all(
    Array.from({ length: count }, () => exe.run({ feed: { x, y }, fetchList: ['loss'] })),
  );
  return losses.map(([loss]) => loss!.item());
};

const start = () => encryptModel(initial, scheme);

describe('a training that was saved', () => {
  it('goes on as if it had never stopped: parameters, optimizer, schedule, masks', async () => {
    const whole = await work(training, start(), steps(10), true);
    const first = await work(training, start(), steps(5), true);
    const rest = await work(training, first.files, steps(5));
    expect([...first.seen, ...rest.seen]).toEqual(whole.seen);
    expect(decryptModel(rest.files, scheme)).toEqual(decryptModel(whole.files, scheme));
    expect(new Set(whole.seen).size).toBe(10);
  });

  it('counts the runs called after load, although nobody waits for it', async () => {
    const first = await work(training, start(), steps(5), true);
    const rest = await work(training, first.files, steps(2));
    const waiting = await everywhere(job(scheme), training, async (exe, role) => {
      const feed = await exe.share({
        x: { owner: 0, shape: [8, 3], values: wave([8, 3], 0.7) },
        y: { owner: 0, shape: [8, 1], values: wave([8, 1], 1.3) },
      });
      const loaded = exe.load(first.files[role as number]);
      const losses = [0, 1].map(() => exe.run({ feed, fetchList: ['loss'] }));
      const saved = exe.save();
      await loaded;
      const seen = (await Promise.all(losses)).map(([loss]) => loss!.item());
      return { seen, steps: describeModel((await saved)!).identity?.steps };
    });
    for (const { seen, steps } of waiting) expect({ seen, steps }).toEqual({ seen: rest.seen, steps: 7 });
  });

  it('predicts in a program that has its layers alone', async () => {
    const { files } = await work(training, start(), steps(5), true);
    const predict = async (exe: Executor) => {
      const { x } = await exe.share({ x: { owner: 0, shape: [8, 3], values: wave([8, 3], 0.7) } });
      return [...(await exe.run({ feed: { x }, fetchList: ['prediction'] }))[0]!.data];
    };
    const fresh = await work(model(false), start(), predict);
    expect((await work(model(false), files, predict)).seen).not.toEqual(fresh.seen);
  });
});

describe('loading refuses', () => {
  const nothing = async () => [];

  it('by one party, and the others hear of it', async () => {
    const files = start();
    files[1]![files[1]!.length - 1]! ^= 1;
    const before = memory.liveBytes;
    const { environments } = job(scheme);
    const parties = environments.map((environment) => new Executor({ environment, program: training }));
    const outcomes = await Promise.allSettled(
      parties.map((exe, role) => exe.load(files[role], { allowMissing: true })),
    );
    const reasons = outcomes.map((o) => (o.status === 'rejected' ? o.reason : undefined));
    expect(reasons[1]).toMatchObject({ code: 'mismatch', message: expect.stringContaining('checksum') });
    for (const party of [0, 2])
      expect(reasons[party]).toMatchObject({
        code: 'closed',
        message: expect.stringContaining('party 1 closed'),
      });
    await Promise.all(parties.map((exe) => exe.close()));
    expect(memory.liveBytes).toBe(before);
  });

  it("another party's file", async () => {
    const [a, b, c] = start();
    await expect(work(training, [b!, a!, c!], nothing, true)).rejects.toThrow(/party 1's, not party 0's/);
  });

  it('files of two models', async () => {
    const [[a, b], [, , c]] = [start(), start()];
    await expect(work(training, [a!, b!, c!], nothing, true)).rejects.toThrow(
      /what to load differs: .* at party [012]/,
    );
  });

  it('files that parties would count on from differently', async () => {
    const { files } = await work(training, start(), steps(2), true);
    const { metadata, tensors } = decodeSafetensors(files[2]!);
    const changed = withChecksum({
      metadata: { ...metadata, 'triad.program': '0'.repeat(64) },
      tensors,
    });
    const mixed = [files[0]!, files[1]!, encodeSafetensors(changed)];
    await expect(work(training, mixed, nothing)).rejects.toThrow(/what to load differs: .* at party [012]/);
  });

  it('a model without what the program needs, or of other shapes', async () => {
    await expect(work(training, start(), nothing)).rejects.toThrow(/the model has no/);
    await expect(work(model(true, 5), start(), nothing, true)).rejects.toThrow(
      /has shape \[3, 4\] in the model/,
    );
    const other = encryptModel({ w: [1] }, scheme);
    await expect(work(training, other, nothing, true)).rejects.toThrow(/none of the parameters/);
  });
});
