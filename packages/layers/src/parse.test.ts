import { TriadError } from '@triad/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { build, choices } from './fixture/random-program.js';
import { regression } from './fixture/regression.js';
import { data, FloatTwin, layers, optimizer, Program, program, reveal, type Variable } from './index.js';

const text = (p: Program): string => new TextDecoder().decode(p.bytes());
const bytes = (s: string): Uint8Array => new TextEncoder().encode(s);

/** A training of some network. */
const training = (network: (image: Variable) => Variable, optimize: (cost: Variable) => void): Program =>
  program(() => {
    const image = data({ name: 'image', shape: [null, 1, 8, 8], owner: 'alice' });
    const label = data({ name: 'label', shape: [null, 3] });
    const cost = layers.mean(layers.softmaxCrossEntropyWithLogits({ input: network(image), label }));
    reveal(cost, 'bob');
    optimize(cost);
  });

const convolutional = (image: Variable): Variable => {
  const hidden = layers.conv2d({ input: image, numFilters: 2, filterSize: 3, padding: 1, act: 'relu' });
  const pooled = layers.pool2d({ input: hidden, poolSize: 2, poolStride: 2, poolType: 'avg' });
  return layers.fc({ input: layers.dropout({ input: pooled, rate: 0.5 }), size: 3, numFlattenDims: 1 });
};
const dense = (image: Variable): Variable =>
  layers.fc({
    input: layers.layerNorm({ input: layers.fc({ input: image, size: 4, act: 'sigmoid' }) }),
    size: 3,
  });

const zoo: readonly (readonly [string, Program])[] = [
  ['a regression', regression(13, 0.05)],
  [
    'a convolution with Adam',
    training(convolutional, (cost) => new optimizer.Adam({ learningRate: 0.001 }).minimize(cost)),
  ],
  [
    'normalisation with momentum',
    training(dense, (cost) =>
      new optimizer.Momentum({
        learningRate: optimizer.exponentialDecay({
          learningRate: 0.1,
          decaySteps: 10,
          decayRate: 0.9,
          staircase: true,
        }),
        momentum: 0.9,
      }).minimize(cost),
    ),
  ],
  ['RMSProp', training(dense, (cost) => new optimizer.RMSProp({ learningRate: 0.01 }).minimize(cost))],
  ['nothing', program(() => {})],
];

describe('a parsed program', () => {
  it.each(zoo)('is the one that was written: %s', (_, written) => {
    const parsed = Program.parse(written.bytes());
    expect(parsed.hash()).toBe(written.hash());
    expect(parsed.nodes).toEqual(written.nodes);
    expect(Program.parse(parsed.bytes()).hash()).toBe(written.hash());
  });

  it('is the one that was written, whatever it computes', () => {
    fc.assert(
      fc.property(choices(12), (list) => {
        const written = build(list, (last) => void reveal(layers.sum(last)));
        expect(Program.parse(written.bytes()).bytes()).toEqual(written.bytes());
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it('computes the same', () => {
    const written = regression(3, 0.1);
    const feed = {
      x: [
        [1, 2, 3],
        [0.5, -1, 2],
      ],
      y: [[1], [2]],
    };
    const run = (p: Program) => {
      const twin = new FloatTwin(p, { 'fc.w_0': [[0.1], [0.2], [-0.3]] });
      return [0, 1, 2].map(() => twin.run({ feed, fetchList: ['loss'] })[0]!.data);
    };
    expect(run(Program.parse(written.bytes()))).toEqual(run(written));
  });

  it('grows as the one that was written: what is shared is not shared again', () => {
    const written = program(() => {
      const x = data({ name: 'x', shape: [2], owner: 'alice' });
      reveal(layers.add(x, x), 0);
    });
    const parsed = Program.parse(written.bytes());
    for (const p of [written, parsed]) p.append('mul', [p.variable('x'), p.variable('x')], {});
    expect(parsed.bytes()).toEqual(written.bytes());
  });
});

/** Parsed to the very same, or refused. */
const isSound = (input: Uint8Array): boolean => {
  try {
    expect(Program.parse(input).bytes()).toEqual(input);
    return true;
  } catch (error) {
    if (!(error instanceof TriadError)) throw error;
    return false;
  }
};

type Json = Record<string, unknown> | unknown[];

/** Every place in a value, as the object it is in and its key. */
const places = (value: unknown): [Json, string | number][] => {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return own.flatMap((key): [Json, string | number][] => [
    [value as Json, key],
    ...places((value as Record<string | number, unknown>)[key]),
  ]);
};

describe('what is no program', () => {
  const sample = zoo[2]![1];
  const strange = [
    null,
    true,
    -1,
    0.5,
    1e300,
    '',
    'x',
    'add',
    '__proto__',
    [],
    {},
    [[]],
    2 ** 53,
    [null],
    { kind: 'product', factors: [] },
  ];

  it('is refused, whatever has been put in any place', () => {
    const count = places(JSON.parse(text(sample))).length;
    let refused = 0;
    for (let i = 0; i < count; i++) {
      const value: unknown = JSON.parse(text(sample));
      const [holder, key] = places(value)[i]!;
      (holder as Record<string | number, unknown>)[key] = strange[i % strange.length];
      if (!isSound(bytes(JSON.stringify(value)))) refused++;
    }
    expect(refused).toBeGreaterThan(0.9 * count);
  });

  it('is refused with a field more or less, nodes in another order, and twice', () => {
    const count = places(JSON.parse(text(sample))).length;
    let [tried, refused] = [0, 0];
    for (let i = 0; i < count; i += 7, tried++) {
      const value = JSON.parse(text(sample)) as [string, unknown[]];
      const [holder, key] = places(value)[i]!;
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      if (!isSound(bytes(JSON.stringify(value)))) refused++;
    }
    expect(refused).toBeGreaterThan(0.9 * tried);
    for (const change of [
      (nodes: unknown[]) => nodes.reverse(),
      (nodes: unknown[]) => nodes.push(nodes[0]),
      (nodes: unknown[]) => Object.assign(nodes[3] as object, { more: 1 }),
    ]) {
      const value = JSON.parse(text(sample)) as [string, unknown[]];
      change(value[1]);
      expect(isSound(bytes(JSON.stringify(value)))).toBe(false);
    }
  });

  it('is refused after any bytes have changed, or is the program that they say', () => {
    const whole = sample.bytes();
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.nat(whole.length),
        (at, bit, end) => {
          const changed = whole.slice();
          changed[at]! ^= bit;
          isSound(changed);
          if (end < whole.length) expect(isSound(whole.slice(0, end))).toBe(false);
        },
      ),
      { seed: 3, numRuns: 1000 },
    );
  });

  it.each([
    ['spaces', (s: string) => s.replace(',', ', ')],
    [
      'a number spelled otherwise',
      (s: string) => s.replace('"axis":1', '"axis":1.0').replace(':0.1', ':1e-1'),
    ],
    ['another version', (s: string) => s.replace('program/1', 'program/2')],
    ['a byte order mark', (s: string) => `\ufeff${s}`],
    ['depth', () => `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['nothing', () => ''],
  ])('is refused: %s', (_, change) => {
    expect(isSound(bytes(change(text(regression(3, 0.1)))))).toBe(false);
  });

  it('may not be larger than the limit', () => {
    expect(() => Program.parse(new Uint8Array(2 ** 24 + 1))).toThrow(
      expect.objectContaining({ code: 'limit' }),
    );
  });

  it('may not compute with what only its owner has', () => {
    const written = program(() => {
      const x = data({ name: 'x', shape: [2], owner: 'alice' });
      layers.add(x, x);
    });
    const value = JSON.parse(text(written)) as [string, { kind: string; inputs: number[] }[]];
    const sum = value[1].find(({ kind }) => kind === 'add')!;
    sum.inputs = [0, 0];
    expect(() => Program.parse(bytes(JSON.stringify(value)))).toThrow(/not shared/);
  });
});
