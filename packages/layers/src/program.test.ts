import { describe, expect, it } from 'vitest';
import { regression } from './fixture/regression.js';
import {
  data,
  defaultMainProgram,
  FloatTwin,
  layers,
  optimizer,
  parameter,
  program,
  reset,
  reveal,
} from './index.js';

describe('a program', () => {
  it('has another hash when anything in it differs', () => {
    const make = (name: string, owner: string, to: 'all' | number, factor: number) =>
      program(() => void reveal(layers.scale(data({ name, shape: [null, 2], owner }), factor), to)).hash();
    const hashes = [
      make('x', 'alice', 'all', 1),
      make('y', 'alice', 'all', 1),
      make('x', 'bob', 'all', 1),
      make('x', 'alice', 0, 1),
      make('x', 'alice', 'all', 2),
      regression(13, 0.05).hash(),
      regression(13, 0.06).hash(),
      regression(12, 0.05).hash(),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(make('x', 'alice', 'all', 1)).toBe(hashes[0]);
  });

  it('changes its hash as it grows, and not the hash of its clone', () => {
    const p = regression(3, 0.1);
    const [copy, hash] = [p.clone(), p.hash()];
    expect(copy.hash()).toBe(hash);
    p.append('constant', [], { shape: [], values: [1] });
    expect(p.hash()).not.toBe(hash);
    expect(copy.hash()).toBe(hash);
  });

  it('is the default one unless built apart', () => {
    const main = reset();
    const x = data({ name: 'x', shape: [1] });
    const other = program(() => void data({ name: 'x', shape: [1] }));
    expect(defaultMainProgram()).toBe(main);
    expect(x.program).toBe(main);
    expect(other).not.toBe(main);
    expect(() =>
      program(() => {
        throw new Error('while building');
      }),
    ).toThrow('while building');
    expect(defaultMainProgram()).toBe(main);
    expect(reset()).not.toBe(main);
  });

  it('shares data with an owner once, however often they are used', () => {
    const p = program(() => {
      const x = data({ name: 'x', shape: [2], owner: 'alice' });
      expect(x.visibility).toEqual({ owner: 'alice' });
      expect(layers.add(x, x).visibility).toBe('secret');
      expect(layers.mul(x, 2).visibility).toBe('secret');
    });
    expect(p.nodes.filter(({ kind }) => kind === 'share')).toHaveLength(1);
  });

  it('knows what is public, and for whom a reveal is', () => {
    program(() => {
      const x = data({ name: 'x', shape: [2] });
      expect(layers.add(2, 3).visibility).toBe('public');
      expect(reveal(x).visibility).toBe('public');
      expect(reveal(x, 'carol').visibility).toEqual({ owner: 'carol' });
    });
  });

  it('gives equal parameters of one name once', () => {
    program(() => {
      expect(parameter({ name: 'w', shape: [2] }).node).toBe(parameter({ name: 'w', shape: [2] }).node);
    });
  });

  it('names layers by number, and their parameters after them', () => {
    const p = program(() => {
      const x = data({ name: 'x', shape: [null, 2, 3] });
      const hidden = layers.fc({ input: x, size: 4 });
      layers.fc({ input: [hidden, x], size: 1, bias: false });
    });
    expect(p.parameters.map(({ attributes }) => [attributes.name, ...attributes.shape].join(' '))).toEqual([
      'fc_0.w_0 6 4',
      'fc_0.b_0 4',
      'fc_1.w_0 4 1',
      'fc_1.w_1 6 1',
    ]);
  });

  it('learns: two layers, by gradient descent, in float', () => {
    const p = program(() => {
      const x = data({ name: 'x', shape: [null, 2] });
      const y = data({ name: 'y', shape: [null, 1] });
      const hidden = layers.fc({ input: x, size: 3, name: 'a' });
      const loss = layers.mean(
        layers.squareErrorCost({ input: layers.fc({ input: hidden, size: 1, name: 'b' }), label: y }),
      );
      reveal(loss, 'all', 'loss');
      new optimizer.SGD({ learningRate: 0.1 }).minimize(loss);
    });
    const twin = new FloatTwin(p, {
      'a.w_0': [
        [0.1, 0.2, 0.3],
        [0.3, -0.2, 0.1],
      ],
      'b.w_0': [[0.2], [0.1], [-0.3]],
    });
    const feed = {
      x: [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
      y: [[2], [3], [5]],
    };
    const losses = Array.from({ length: 200 }, () => twin.run({ feed, fetchList: ['loss'] })[0]!.item());
    expect(losses[0]!).toBeGreaterThan(5);
    expect(losses.at(-1)!).toBeLessThan(1e-3);
  });
});
