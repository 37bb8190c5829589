import { plain } from '@triad/protocol';
import { memory } from '@triad/ring';
import { expect, it } from 'vitest';
import { chatty } from './fixture/chatty.js';
import { job } from './fixture/parties.js';
import { regression, sample } from './fixture/regression.js';
import { Executor } from './index.js';

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
