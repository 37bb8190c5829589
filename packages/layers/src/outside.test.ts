import { plain } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { everywhere, job } from './fixture/parties.js';
import { data, FloatTwin, layers, NdArray, optimizer, type Program, program, reveal } from './index.js';

const rows = 8;
const [left, right, price] = ['left', 'right', 'price'].map((_, k) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: k === 2 ? 1 : 2 }, (_, j) => Math.sin(i * 3 + j + k)),
  ),
) as [number[][], number[][], number[][]];

/** Two input parties with columns each, a result party; alice also owns the labels. */
const train = (owner?: 'alice'): Program =>
  program(() => {
    const a = data({ name: 'left', shape: [null, 2], ...(owner && { owner }) });
    const b = data({ name: 'right', shape: [null, 2] });
    const y = data({ name: 'price', shape: [null, 1] });
    const prediction = layers.fc({ input: layers.concat([a, b], 1), size: 1, name: 'fc' });
    const loss = layers.mean(layers.squareErrorCost({ input: prediction, label: y }));
    reveal(loss, 'carol', 'loss');
    new optimizer.SGD({ learningRate: 0.1 }).minimize(loss);
  });

const shareAll = (role: number | string) => ({
  left: { owner: 'alice', shape: [rows, 2], ...(role === 'alice' && { values: left }) },
  right: { owner: 'bob', shape: [rows, 2], ...(role === 'bob' && { values: () => Promise.resolve(right) }) },
  price: { owner: 'alice', shape: [rows, 1], ...(role === 'alice' && { values: price }) },
});

describe('input and result parties', () => {
  it('run the same file: two own the columns, a third alone sees losses, weights and predictions', async () => {
    const p = train();
    const predict = program(() => {
      const a = data({ name: 'left', shape: [null, 2] });
      const b = data({ name: 'right', shape: [null, 2] });
      reveal(layers.fc({ input: layers.concat([a, b], 1), size: 1, name: 'fc' }), 'carol', 'prediction');
    });
    const parties = job(plain(3), ['alice', 'bob', 'carol']);
    const results = await everywhere(parties, p, async (exe, role) => {
      const feed = await exe.share(shareAll(role));
      const names = ['fc.w_0', 'fc.b_0'];
      const weightsOf = () => Promise.all(names.map((n) => exe.reveal(exe.parameters.get(n)!, 'carol')));
      await exe.run({ feed });
      const before = await weightsOf();
      const losses = await Promise.all(
        Array.from({ length: 20 }, () => exe.run({ feed, fetchList: ['loss'] })),
      );
      const { price: _, ...inputs } = feed;
      const [predicted] = await exe.run({ program: predict, feed: inputs, fetchList: ['prediction'] });
      return { before, losses: losses.map(([l]) => l), predicted };
    });
    for (const others of results.slice(0, 5)) {
      expect([...others.before, ...others.losses, others.predicted].every((v) => v === undefined)).toBe(true);
    }
    const carol = results[5]!;
    const twin = new FloatTwin(p, { 'fc.w_0': carol.before[0]!, 'fc.b_0': carol.before[1]! });
    for (const loss of carol.losses) {
      const [exact] = twin.run({ feed: { left, right, price }, fetchList: ['loss'] });
      expect(Math.abs(loss!.item() - exact!.item())).toBeLessThan(1e-3);
    }
    const model = new FloatTwin(predict, Object.fromEntries(twin.parameters));
    const [exact] = model.run({ feed: { left, right }, fetchList: ['prediction'] });
    expect(carol.predicted!.shape).toEqual([rows, 1]);
    for (const [i, v] of carol.predicted!.data.entries())
      expect(Math.abs(v - exact!.data[i]!)).toBeLessThan(1e-2);
  });

  it('feed what they own step by step; the others say how long the batch is', async () => {
    const p = train('alice');
    const results = await everywhere(job(plain(3), ['alice', 'bob', 'carol']), p, async (exe, role) => {
      const { right: b, price: y } = await exe.share(shareAll(role));
      const feed = {
        right: b,
        price: y,
        ...(role === 'alice' && { left: new NdArray([rows, 2], new Float64Array(left.flat())) }),
      };
      return exe.run({ feed, fetchList: ['loss'], batch: rows });
    });
    expect(results.map(([loss]) => loss !== undefined)).toEqual([false, false, false, false, false, true]);
  });
});
