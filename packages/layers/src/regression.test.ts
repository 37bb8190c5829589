import { plain } from '@triad/protocol';
import { memory } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { everywhere, job } from './fixture/parties.js';
import { regression, sample } from './fixture/regression.js';
import { FloatTwin, NdArray } from './index.js';

const rows = 40;
const batch = 10;
const features = 13;

describe('linear regression', () => {
  it('follows its float twin, step by step, from the same secret weights', async () => {
    const program = regression(features, 0.05);
    const { x, y } = sample(rows, features);
    const results = await everywhere(job(plain(3)), program, async (exe, role) => {
      const shared = await exe.share({
        x: { owner: 0, shape: [rows, features], ...(role === 0 ? { values: x } : {}) },
        y: { owner: 1, shape: [rows, 1], ...(role === 1 ? { values: y } : {}) },
      });
      const feed = (s: number) => ({ x: shared.x.rows(s, s + batch), y: shared.y.rows(s, s + batch) });
      await exe.run({ feed: feed(0), fetchList: ['loss'] });
      const weights = {
        'fc.w_0': (await exe.reveal(exe.parameters.get('fc.w_0')!))!,
        'fc.b_0': (await exe.reveal(exe.parameters.get('fc.b_0')!))!,
      };
      const steps = Array.from({ length: 40 }, (_, i) => (i * batch) % rows);
      const losses = await Promise.all(steps.map((s) => exe.run({ feed: feed(s), fetchList: ['loss'] })));
      return { weights, losses: losses.map(([l]) => l!.item()), steps };
    });
    const { weights, losses, steps } = results[0]!;
    const twin = new FloatTwin(program, weights);
    const expected = steps.map((s) =>
      twin
        .run({ feed: { x: x.slice(s, s + batch), y: y.slice(s, s + batch) }, fetchList: ['loss'] })[0]!
        .item(),
    );
    for (const result of results) expect(result.losses).toEqual(losses);
    for (const [i, value] of expected.entries()) expect(Math.abs(losses[i]! - value)).toBeLessThan(1e-3);
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 5);
    expect(weights['fc.w_0']).toBeInstanceOf(NdArray);
    expect(memory).toBeDefined();
  });
});
