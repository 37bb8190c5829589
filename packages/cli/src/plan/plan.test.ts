import { data, Executor, init, layers, optimizer, program, reveal } from '@triad/layers';
import { plain } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatSeconds, formatTable } from '../quantity.js';
import { rehearse } from './rehearsal.js';
import { estimate, planRecord, planText } from './report.js';

const model = program(() => {
  const x = data({ name: 'x', shape: [null, 2] });
  const y = data({ name: 'y', shape: [null, 1] });
  const loss = layers.mean(layers.squareErrorCost({ input: layers.fc({ input: x, size: 1 }), label: y }));
  reveal(loss, 'analyst', 'loss');
  new optimizer.SGD({ learningRate: 0.1 }).minimize(loss);
});

const rehearsed = async () => {
  const { network, plan } = rehearse(['analyst']);
  const exe = new Executor({ environment: init(plain(3), 0, network), program: model });
  const { x, y } = await exe.share({
    x: { owner: 0, shape: [6, 2], values: () => Promise.reject(new Error('nobody looks at them')) },
    y: { owner: 1, shape: [6, 1] },
  });
  for (let i = 0; i < 3; i++) await exe.run({ feed: { x, y }, fetchList: ['loss'] });
  await exe.run({ feed: { x: x.rows(0, 2), y: y.rows(0, 2) } });
  await exe.close();
  return plan();
};

describe('a plan', () => {
  it('counts calls and runs by kind, and adds them up', async () => {
    const plan = await rehearsed();
    const { calls, runs, total } = planRecord(plan);
    expect(calls.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'draw fc_0.w_0',
      'share x',
      'share y',
    ]);
    expect(runs.map(({ batch, count, fetched }) => ({ batch, count, fetched }))).toEqual([
      { batch: 6, count: 3, fetched: ['loss'] },
      { batch: 2, count: 1, fetched: [] },
    ]);
    // Two copies of 12 numbers from party 0 and of 6 from party 1; party 0 reveals three losses.
    expect(total.bytes).toEqual([2 * 12 * 8 + 3 * 8, 2 * 6 * 8, 0]);
    expect(total.rounds).toBe(1 + 1 + 3);
  });

  it('reads well', async () => {
    const text = planText(await rehearsed());
    expect(text).toContain('Program 1, batch 6, reveals loss: 3 steps');
    expect(text).toContain('Program 2, batch 2, reveals nothing: 1 step,');
    expect(text).toMatch(/share +x +\[6, 2\] +1 +192 B \/ 0 B \/ 0 B/);
  });

  it('estimates time from rounds and the busiest sender', () => {
    const cost = { rounds: 100, bytes: [0, 12.5e6, 1] };
    expect(estimate(cost, 'lan')).toBeCloseTo(0.02 + 0.1, 12);
    expect(estimate(cost, 'wan')).toBeCloseTo(2 + 1, 12);
  });
});

it('quantities have units, tables have columns', () => {
  expect([8, 1234, 5.6e6].map(formatBytes)).toEqual(['8 B', '1.2 kB', '5.60 MB']);
  expect([0.0123, 1.5].map(formatSeconds)).toEqual(['12.3 ms', '1.50 s']);
  expect(
    formatTable([
      ['a', 'bb'],
      ['ccc', 'd'],
    ]),
  ).toBe('a    bb\nccc  d');
});
