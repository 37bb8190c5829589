import { plain } from '@triad/protocol';
import { memory } from '@triad/ring';
import { expect, it } from 'vitest';
import { chatty } from './fixture/chatty.js';
import { everywhere, job } from './fixture/parties.js';
import { regression, sample } from './fixture/regression.js';
import { constant, data, Executor, layers, parameter, program, reveal, type Variable } from './index.js';

const features = 5;
const batch = 4;
const rows = 12;

it.each([{ scheme: plain(3) }, { scheme: chatty(true) }, { scheme: chatty(false) }])(
  'a training run does not grow, and leaves nothing behind ($scheme.name)',
  async ({ scheme }) => {
    const before = memory.liveBytes;
    const p = regression(features, 0.01);
    const fetchList = ['loss'];
    const executors = job(scheme).environments.map(
      (environment) => new Executor({ environment, program: p }),
    );
    const { x, y } = sample(rows, features);
    const live: number[] = [];
    await Promise.all(
      executors.map(async (exe, rank) => {
        const shared = await exe.share({
          x: { owner: 0, shape: [rows, features], values: x },
          y: { owner: 0, shape: [rows, 1], values: y },
        });
        for (let epoch = 0; epoch < 100; epoch++) {
          const steps = Array.from({ length: 3 }, (_, i) => i * batch).map((s) =>
            exe.run({ feed: { x: shared.x.rows(s, s + batch), y: shared.y.rows(s, s + batch) }, fetchList }),
          );
          await Promise.all(steps);
          if (rank === 0) live.push(memory.liveBytes);
        }
      }),
    );
    const [most, held] = [Math.max(...live.slice(1)), memory.liveBytes - before];
    expect(most - before).toBeLessThanOrEqual(held * 3);
    await Promise.all(executors.map((exe) => exe.close()));
    expect(memory.liveBytes).toBe(before);
    expect(held).toBeGreaterThan(0);
  },
);

it('frees what turns out not to be needed', async () => {
  const before = memory.liveBytes;
  const p = program(() => {
    const x = data({ name: 'x', shape: [3] });
    const w = parameter({ name: 'w', shape: [] });
    reveal(layers.sum(layers.add(layers.sub(x, x), layers.scale(x, 0))), 'all', 'zero');
    overwrite(w);
  });
  const [results] = await everywhere(job(plain(1)), p, async (exe) => {
    const feed = await exe.share({ x: { owner: 0, shape: [3], values: [1, 2, 3] } });
    return Promise.all([1, 2, 3].map(() => exe.run({ feed, fetchList: ['zero'] })));
  });
  expect(results!.map(([zero]) => zero!.item())).toEqual([0, 0, 0]);
  expect(memory.liveBytes).toBe(before);
});

/** Makes a parameter a constant: its old value is not read. */
const overwrite = (w: Variable): Variable => w.program.append('assign', [w, constant(1)], {});
