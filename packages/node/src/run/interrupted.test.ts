import { aby3 } from '@triad/aby3';
import {
  data,
  Executor,
  encryptModel,
  init,
  layers,
  optimizer,
  type Program,
  program,
  reveal,
} from '@triad/layers';
import { local, type Message } from '@triad/protocol';
import { memory, Tensor } from '@triad/ring';
import { expect, it } from 'vitest';

const scheme = aby3();
const rows = 4;

/** A step that shares, draws weights, multiplies, compares, updates and reveals, to all and to an outside party. */
const training = (): Program =>
  program(() => {
    const x = data({ name: 'x', shape: [null, 2] });
    const y = data({ name: 'y', shape: [null, 1], owner: 1 });
    const hidden = layers.fc({ input: x, size: 2, act: 'relu', name: 'hidden' });
    const prediction = layers.fc({ input: hidden, size: 1, name: 'out' });
    const loss = layers.mean(layers.squareErrorCost({ input: prediction, label: y }));
    reveal(loss, 'all', 'loss');
    reveal(prediction, 'carol', 'prediction');
    new optimizer.Momentum({ learningRate: 0.1, momentum: 0.5 }).minimize(loss);
  });

const table = Array.from({ length: rows }, (_, i) => [i / 4, 1 - i / 4]);
const labels = table.map(([a]) => [a!]);
const weights = {
  'hidden.w_0': [
    [1, 0],
    [0, 1],
  ],
  'hidden.b_0': [0, 0],
  'out.w_0': [[1], [1]],
  'out.b_0': [0],
};

/** Everything an executor does with others, as far as it gets. */
const work = async (exe: Executor, role: number | string, file: Uint8Array | undefined): Promise<void> => {
  const settled: Promise<unknown>[] = [];
  const start = <T>(call: Promise<T>): Promise<T> => {
    settled.push(call.catch(() => {}));
    return call;
  };
  try {
    const parts = typeof role === 'string' ? undefined : [0, 1].map(() => Tensor.zeros([rows, 2]));
    const adopted = exe
      .adopt('zeros', { shape: [rows, 2], ...(parts && { parts }) })
      .finally(() => parts?.forEach((part) => void part.dispose()));
    const run = (x: Awaited<typeof adopted>) =>
      start(
        exe.run({
          feed: { x, ...(role === 1 && { y: labels }) },
          batch: rows,
          fetchList: ['loss', 'prediction'],
        }),
      );
    const zeros = await start(adopted);
    const { x } = await start(exe.share({ x: { owner: 'alice', shape: [rows, 2], values: table } }));
    const chosen = await start(exe.select(x, { owner: 'alice', rows: [3, 1, 0, 2] }));
    start(exe.reveal(chosen, 0)).catch(() => {});
    for (const fed of [zeros, x, chosen]) run(fed).catch(() => {});
    const saved = start(exe.save());
    await start(exe.reveal({ name: 'out.w_0', shape: [2, 1] }, 'carol'));
    await start(exe.load(await saved));
    exe.forget(chosen);
    run(x).catch(() => {});
    await start(exe.load(file, { allowMissing: true }));
    await run(x);
  } finally {
    await Promise.all(settled);
    await exe.close();
  }
};

/** Does it all, and lets a party leave when so many messages have been delivered; whether there were as many. */
const interrupted = async (party: number, messages: number): Promise<boolean> => {
  const p = training();
  const files = encryptModel(weights, scheme);
  let delivered = 0;
  const tap = ({ bytes }: Message): Uint8Array => {
    if (++delivered === messages) void channels[party]!.close();
    return bytes;
  };
  const outside = ['alice', 'carol'];
  const { channels } = local(3, { outside: outside.length, tap });
  const outcomes = await Promise.allSettled(
    [0, 1, 2, ...outside].map((role, rank) => {
      const environment = init(scheme, role, { outside, join: async () => channels[rank]! });
      return work(new Executor({ environment, program: p }), role, files[rank]);
    }),
  );
  const failed = outcomes.some(({ status }) => status === 'rejected');
  if (delivered < messages && failed)
    throw (outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason;
  return delivered >= messages;
};

it.each([0, 1, 2, 3])('when party %i leaves, at any time, all memory is given back', async (party) => {
  const before = memory.liveBytes;
  for (let messages = 1; await interrupted(party, messages); messages += 7 - (messages % 3)) {
    const left = memory.liveBytes - before;
    expect({ messages, left }).toEqual({ messages, left: 0 });
  }
  expect(memory.liveBytes).toBe(before);
});
