import { type Protocol, plain, type Session } from '@triad/protocol';
import { memory, type Tensor } from '@triad/ring';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { job } from './fixture/parties.js';
import { build, choices, feeds } from './fixture/random-program.js';
import {
  constantInitializer,
  data,
  Executor,
  FloatTwin,
  layers,
  NdArray,
  OutOfRange,
  optimizer,
  type Program,
  program,
  reveal,
  type Variable,
} from './index.js';
import { nameOf } from './program.js';

/** One run with the check on. */
const run = async (p: Program, feed: Readonly<Record<string, NdArray>>, fetchList: string[]) => {
  const exe = new Executor({ environment: job(plain(1)).environments[0]!, program: p, checkRanges: true });
  const inputs = Object.entries(feed).map(([name, values]) => [
    name,
    { owner: 0, shape: values.shape, values },
  ]);
  const shared = await exe.share(Object.fromEntries(inputs));
  const [y] = await exe.run({ feed: shared, fetchList });
  await exe.close();
  return y!;
};

const vector = (...values: number[]) => new NdArray([values.length], Float64Array.from(values));

const compute = (f: (x: Variable, y: Variable) => Variable, x: NdArray, y: NdArray) =>
  run(
    program(() => {
      const [a, b] = [data({ name: 'x', shape: x.shape }), data({ name: 'y', shape: y.shape })];
      reveal(f(a, b), 'all', 'z');
    }),
    { x, y },
    ['z'],
  );

type Pair = readonly [x: number, y: number];

const large: readonly (readonly [string, (x: Variable, y: Variable) => Variable, Pair, Pair])[] = [
  ['products', (x, y) => layers.mul(x, y), [2 ** 15, 2 ** 14.9], [2 ** 15, 2 ** 15.1]],
  ['sums of products', (x, y) => layers.sum(layers.mul(x, y)), [2 ** 14, 2 ** 13.9], [2 ** 14, 2 ** 14.1]],
  ['sums', (x, y) => layers.add(x, y), [2 ** 46, 2 ** 45.9], [2 ** 46, 2 ** 46.1]],
  ['comparisons', (x, y) => layers.less(x, y), [-(2 ** 46), 2 ** 45.9], [-(2 ** 46), 2 ** 46.1]],
  ['public factors', (x, y) => layers.add(layers.scale(x, 0.7), y), [2 ** 30, 1], [2 ** 31, 1]],
  ['public sums', (x, y) => layers.add(layers.add(x, y), 2 ** 46), [2 ** 45, 2 ** 44], [2 ** 45, 2 ** 45.1]],
];

describe('values that fixed point cannot hold are found', () => {
  it.each(large)('in %s', async (_, f, fits, leaves) => {
    const fill = (v: number) => vector(v, v, v, v);
    await expect(compute(f, fill(fits[0]), fill(fits[1]))).resolves.toBeDefined();
    await expect(compute(f, fill(leaves[0]), fill(leaves[1]))).rejects.toThrow(OutOfRange);
  });

  it('in arguments that functions were not promised', async () => {
    const f = (x: Variable, y: Variable) =>
      layers.reciprocal(layers.add(layers.mul(x, x), y), { low: 1, high: 10 });
    await expect(compute(f, vector(1, 2), vector(0.5, 0))).resolves.toBeDefined();
    await expect(compute(f, vector(1, 3.5), vector(0.5, 0))).rejects.toThrow(
      /^'reciprocal_\d+' was promised numbers in \[1, 10\], but got 12.25 at step 0; promise/,
    );
    const g = (x: Variable, y: Variable) => layers.division(x, y, { low: 1, high: 10 });
    await expect(compute(g, vector(300), vector(9))).resolves.toBeDefined();
    await expect(compute(g, vector(300), vector(11))).rejects.toThrow(
      /promised numbers in \[1, 10\], but got 11/,
    );
    await expect(compute(f, vector(5e4, 2), vector(0.5, 0))).rejects.toThrow(
      /reaches 2\^63.2 units, where 2\^62 fit/,
    );
  });
});

/** Learns too fast to converge. */
const divergent = () =>
  program(() => {
    const x = data({ name: 'x', shape: [4, 2] });
    const hidden = layers.fc({
      input: x,
      size: 2,
      name: 'first',
      bias: false,
      initializer: constantInitializer(1),
    });
    const y = layers.fc({
      input: hidden,
      size: 1,
      name: 'last',
      bias: false,
      initializer: constantInitializer(1),
    });
    reveal(layers.mean(layers.mul(y, y)), 'all', 'loss');
    new optimizer.SGD({ learningRate: 4 }).minimize(layers.mean(layers.mul(y, y)));
  });

it('a diverging training is stopped by layer and step', async () => {
  const p = divergent();
  const values = new NdArray([4, 2], Float64Array.from([1, 2, -1, 1, 0.5, 1, 2, -1]));
  const twin = new FloatTwin(p);
  const sizes: number[] = [];
  for (let step = 0; step < 5; step++) {
    const all = twin.run({ feed: { x: values }, fetchList: p.nodes.map(nameOf) });
    sizes.push(Math.max(...all.flatMap(({ data: v }) => [...v].map(Math.abs))));
  }
  const first = sizes.findIndex((size) => size >= 2 ** 30);
  const before = memory.liveBytes;
  const exe = new Executor({ environment: job(plain(1)).environments[0]!, program: p, checkRanges: true });
  const { x } = await exe.share({ x: { owner: 0, shape: values.shape, values } });
  const runs = await Promise.allSettled(Array.from({ length: 5 }, () => exe.run({ feed: { x } })));
  const error = runs.find((r) => r.status === 'rejected')!.reason as OutOfRange;
  expect(error).toBeInstanceOf(OutOfRange);
  expect(runs.findIndex((r) => r.status === 'rejected')).toBe(error.step);
  expect(error.step).toBe(first);
  expect(['first', 'last']).toContain(error.layer);
  expect(error.message).toContain(`(layer '${error.layer}') reaches 2^`);
  await exe.close().catch(() => undefined);
  expect(memory.liveBytes).toBe(before);
});

it('functions pass whatever their own powers are', async () => {
  const far = vector(-(2 ** 19), -50, 50, 2 ** 15);
  for (const f of [layers.sigmoid, layers.tanh, layers.exp]) {
    const bounded = (x: Variable, y: Variable) => f(layers.minimum(x, layers.add(y, 9)));
    await expect(compute(bounded, far, vector(0, 0, 0, 0))).resolves.toBeDefined();
  }
});

it('programs whose values stay small pass, with the same results', async () => {
  await fc.assert(
    fc.asyncProperty(choices(12), feeds, async (list, feed) => {
      const p = build(list, (last) => void reveal(last, 'all', 'z'));
      const exact = new FloatTwin(p).run({ feed, fetchList: p.nodes.map(nameOf) });
      fc.pre(exact.every(({ data: v }) => v.every((e) => Math.abs(e) < 2 ** 8)));
      const { shape } = await run(p, feed, ['z']);
      expect(shape).toEqual(p.variable('z').shape);
    }),
    { numRuns: 300, seed: 20261124 },
  );
});

it('what is secret has no range to check', async () => {
  const p = program(() => {
    const x = data({ name: 'x', shape: [1] });
    reveal(layers.mul(x, x), 'all', 'z');
  });
  const open = plain(1);
  const party = (session: Session): Protocol<Tensor> =>
    Object.assign(Object.create(open.party(session)), { claim: { adversary: 'semi-honest', corrupted: 1 } });
  const exe = new Executor({
    environment: job({ ...open, party }).environments[0]!,
    program: p,
    checkRanges: true,
  });
  const { x } = await exe.share({ x: { owner: 0, shape: [1], values: [2] } });
  await expect(exe.run({ feed: { x }, fetchList: ['z'] })).rejects.toThrow(/hides the values/);
});
