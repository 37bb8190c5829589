import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { aby3 } from '@triad/aby3';
import { data, Executor, init, layers, optimizer, program } from '@triad/layers';
import { local } from '@triad/protocol';
import { memory } from '@triad/ring';
import { expect, it } from 'vitest';

const model = program(() => {
  const x = data({ name: 'x', shape: [null, 3] });
  const y = data({ name: 'y', shape: [null, 1] });
  const prediction = layers.fc({ input: x, size: 1 });
  const loss = layers.mean(layers.squareErrorCost({ input: prediction, label: y }));
  new optimizer.SGD({ learningRate: 0.01 }).minimize(loss);
});

const steps = 100_000;
const stretch = 10_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes held by values, by WebAssembly, and by JavaScript objects. */
const held = () => {
  collectGarbage();
  return {
    live: memory.liveBytes,
    reserved: memory.wasm.buffer.byteLength,
    heap: process.memoryUsage().heapUsed,
  };
};

it('trains for 100 000 steps on aby3 without growing', { timeout: 180_000 }, async () => {
  const { channels } = local(3);
  const exes = [0, 1, 2].map((role) => {
    const network = { join: async () => channels[role]! };
    return new Executor({ environment: init(aby3(), role, network), program: model });
  });
  const shared = await Promise.all(
    exes.map((exe) =>
      exe.share({
        x: { owner: 0, shape: [4, 3], values: [0.1, 0.2, 0.3, -0.4, 0.5, -0.6, 0.7, 0.8, 0.9, 0, 0.1, 0.2] },
        y: { owner: 1, shape: [4, 1], values: [1, 2, 3, 4] },
      }),
    ),
  );
  const samples: ReturnType<typeof held>[] = [];
  for (let done = 0; done < steps; done += stretch) {
    await Promise.all(
      exes.flatMap((exe, role) => Array.from({ length: stretch }, () => exe.run({ feed: shared[role]! }))),
    );
    samples.push(held());
  }
  const [first, last] = [samples[0]!, samples.at(-1)!];
  expect(last.live).toBe(first.live);
  expect(last.reserved).toBe(first.reserved);
  expect(last.heap - first.heap).toBeLessThan(4e6);
  await Promise.all(exes.map((exe) => exe.close()));
});
