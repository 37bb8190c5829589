import { type Network, plain, TriadError } from '@triad/protocol';
import { describe, expect, it } from 'vitest';
import { job } from './fixture/parties.js';
import { regression } from './fixture/regression.js';
import {
  constant,
  data,
  Executor,
  FloatTwin,
  gradients,
  init,
  layers,
  NdArray,
  optimizer,
  type Program,
  parameter,
  plan,
  program,
  reveal,
} from './index.js';

const thrown = async (body: () => unknown): Promise<TriadError> => {
  try {
    await body();
  } catch (error) {
    if (error instanceof TriadError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

const x = () => data({ name: 'x', shape: [null, 3] });
const build = (body: () => unknown) => () => program(() => void body());

describe('building a program wrongly', () => {
  const mistakes: readonly (readonly [what: string, body: () => unknown, message: RegExp])[] = [
    ['two values of one name', build(() => [x(), x()]), /two values are named 'x'/],
    [
      'a batch in the middle',
      build(() => data({ name: 'x', shape: [3, null] })),
      /only the first axis may be null/,
    ],
    ['a negative length', build(() => data({ name: 'x', shape: [-3] })), /shape \[-3\]/],
    ['no name', build(() => data({ name: '', shape: [1] })), /need a name/],
    ['shapes that do not broadcast', build(() => layers.add(x(), constant([1, 2]))), /do not broadcast/],
    ['matrices that do not fit', build(() => layers.matmul(x(), x2())), /have no product/],
    [
      'an unknown activation',
      build(() => layers.fc({ input: x(), size: 1, act: 'swish' as 'linear' })),
      /no activation 'swish'/,
    ],
    ['a layer of no size', build(() => layers.fc({ input: x(), size: 0 })), /0 outputs/],
    ['a layer of no input', build(() => layers.fc({ input: [], size: 1 })), /no input/],
    [
      'a vector for a layer',
      build(() => layers.fc({ input: constant([1]), size: 1 })),
      /give it \[batch, features\]/,
    ],
    ['labels of another shape', build(() => layers.squareErrorCost({ input: x(), label: x2() })), /differ/],
    ['a slice outside', build(() => layers.slice(x(), [0, 2], [null, 4])), /stay inside/],
    ['a slice of the batch', build(() => layers.slice(x(), [1, 0], [null, null])), /stay inside/],
    ['a reshape of other size', build(() => layers.reshape(x(), [null, 4])), /keep the number/],
    ['axes twice', build(() => layers.transpose(x(), [0, 0])), /name every axis once/],
    ['no such axis', build(() => layers.sum(x(), { axes: [2] })), /no axes 2/],
    ['a join along the batch', build(() => layers.concat([x(), x2()], 0)), /cannot be joined/],
    ['a negative pad', build(() => layers.pad(x(), [0, -1], [0, 0])), /cannot be padded/],
    ['a padded batch', build(() => layers.pad(x(), [1, 0], [0, 0])), /cannot be padded/],
    ['too few pads', build(() => layers.pad(x(), [0], [0])), /2 axes/],
    ['an infinite factor', build(() => layers.scale(x(), Number.POSITIVE_INFINITY)), /scaled by Infinity/],
    ['a constant that is not a number', build(() => constant([Number.NaN])), /cannot be NaN/],
    ['too few values', build(() => constant([1, 2], [3])), /3 elements got 2/],
    ['an image of two axes', build(() => layers.conv2d(x(), constant(1, [1, 1, 1, 1]))), /do not convolve/],
    [
      'a filter that is too large',
      build(() => layers.conv2d(image(), constant(1, [1, 1, 5, 1]))),
      /do not convolve/,
    ],
    ['computing with an output', build(() => layers.add(reveal(x()), 1)), /is an output/],
    ['revealing what is public', build(() => reveal(constant(1))), /only a secret can be revealed/],
    ['a value of another program', build(() => layers.add(x(), elsewhere())), /belongs to another program/],
    ['a loss of many elements', build(() => gradients(x(), [x2()])), /not one element/],
    [
      'a loss of nothing that learns',
      build(() => sgd().minimize(layers.mean(x()))),
      /depends on no parameter/,
    ],
    [
      'a gradient by something else',
      build(() => gradients(layers.mean(x()), [x2()])),
      /does not depend on 'x2'/,
    ],
    ['a learning rate of 0', () => new optimizer.SGD({ learningRate: 0 }), /cannot be 0/],
    [
      'an infinite parameter',
      build(() => parameter({ name: 'w', shape: [1], initializer: infinite })),
      /finite/,
    ],
    ['another shape for a parameter', build(() => [w([1]), w([2])]), /two values are named 'w'/],
  ];
  const x2 = () => data({ name: 'x2', shape: [null, 2] });
  const image = () => data({ name: 'image', shape: [null, 1, 4, 4] });
  const elsewhere = () => {
    let v = x;
    program(() => {
      const other = x();
      v = () => other;
    });
    return v();
  };
  const sgd = () => new optimizer.SGD({ learningRate: 0.1 });
  const infinite = { kind: 'constant', value: Number.POSITIVE_INFINITY } as const;
  const w = (shape: number[]) => parameter({ name: 'w', shape });

  it.each(mistakes)('%s', async (_what, body, message) => {
    const error = await thrown(body);
    expect(error.message).toMatch(message);
    expect(error.code).toBe('bad-argument');
    expect(error.remedy).toBeTruthy();
  });
});

describe('running a program wrongly', () => {
  const p = program(() => {
    const input = x();
    const owned = data({ name: 'owned', shape: [null, 3], owner: 'alice' });
    const mine = data({ name: 'mine', shape: [null, 3], owner: 0 });
    const total = layers.sum(layers.mul(layers.add(input, owned), mine));
    reveal(total);
    layers.scale(total, 2);
  });
  const names = p.nodes.map(({ id, kind }) => `${kind}_${id}`);
  const shown = names.find((name) => name.startsWith('reveal'))!;
  const hidden = names.find((name) => name.startsWith('scale'))!;

  const party = async (body: (exe: Executor) => Promise<unknown>) => {
    const { environments } = job(plain(1), ['alice', 'bob']);
    const exe = new Executor({ environment: environments[0]!, program: p });
    return thrown(() => body(exe));
  };
  const row = [[1, 2, 3]];
  const share = async (exe: Executor, shape: number[] = [1, 3]) =>
    (await exe.share({ x: { owner: 0, shape, values: new NdArray(shape) } })).x;

  const mistakes: readonly (readonly [
    what: string,
    body: (exe: Executor) => Promise<unknown>,
    message: RegExp,
  ])[] = [
    ['no feed', (exe) => exe.run({ fetchList: [shown], batch: 1 }), /'x' was not fed/],
    ['no batch', (exe) => exe.run({ fetchList: [shown] }), /the batch has no size/],
    ['half a row', (exe) => exe.run({ feed: { mine: row }, fetchList: [shown], batch: 1.5 }), /1.5 rows/],
    [
      'another batch',
      (exe) => exe.run({ feed: { mine: row }, fetchList: [shown], batch: 2 }),
      /1 rows where the batch/,
    ],
    [
      'an unknown name',
      (exe) => exe.run({ feed: { z: row }, fetchList: [shown] }),
      /no data 'z'; it has x, owned, mine/,
    ],
    ['numbers for a secret', (exe) => exe.run({ feed: { x: row }, fetchList: [shown] }), /'x' is secret/],
    [
      "somebody else's data",
      (exe) => exe.run({ feed: { owned: row }, fetchList: [shown] }),
      /belongs to alice, not to 0/,
    ],
    [
      'a share for owned data',
      async (exe) => exe.run({ feed: { mine: await share(exe) } }),
      /belongs to 0, who feeds/,
    ],
    ['another rank', (exe) => exe.run({ feed: { mine: [1, 2, 3] }, fetchList: [shown] }), /was fed \[3\]/],
    ['another width', (exe) => exe.run({ feed: { mine: [[1, 2]] }, fetchList: [shown] }), /was fed \[1, 2\]/],
    ['ragged rows', (exe) => exe.run({ feed: { mine: [[1, 2, 3], [1]] } }), /rows differ in length/],
    ['no rows', (exe) => exe.run({ feed: { mine: [] } }), /without elements/],
    [
      'another share shape',
      async (exe) => exe.run({ feed: { x: await share(exe, [1, 2]) } }),
      /was fed \[1, 2\]/,
    ],
    ['rows outside', async (exe) => (await share(exe)).rows(0, 2), /no rows 0 to 2/],
    [
      'fetching a secret',
      (exe) => exe.run({ feed: { mine: row }, fetchList: [hidden] }),
      /is not revealed; add reveal/,
    ],
    ['fetching nothing known', (exe) => exe.run({ fetchList: ['loss'] }), /no variable 'loss'/],
    [
      "another program's value",
      (exe) => exe.run({ program: program(() => x()), fetchList: [p.variable(shown)] }),
      /belongs/,
    ],
    ['sharing without values', (exe) => exe.share({ x: { owner: 0, shape: [1] } }), /no values at its owner/],
    [
      'sharing another shape',
      (exe) => exe.share({ x: { owner: 0, shape: [2], values: [1] } }),
      /has shape \[1\]/,
    ],
    [
      'an unknown owner',
      (exe) => exe.share({ x: { owner: 'mallory', shape: [1] } }),
      /no role mallory; its roles are/,
    ],
    ['an unknown recipient', async (exe) => exe.reveal(await share(exe), 'mallory'), /no role mallory/],
    ['an unknown parameter', (exe) => exe.reveal({ name: 'w', shape: [1] }), /no parameter 'w' yet/],
  ];

  it.each(mistakes)('%s', async (_what, body, message) => {
    const error = await party(body);
    expect(error.message).toMatch(message);
    expect(error.remedy).toBeTruthy();
  });

  it('a share that was forgotten', async () => {
    const error = await party(async (exe) => {
      const shared = await share(exe);
      exe.forget(shared);
      await exe.reveal(shared);
    });
    expect(error.message).toMatch(/'x' is not shared here/);
  });

  it('a role the job does not have', async () => {
    const network: Network = { join: () => Promise.reject(new Error('not reached')) };
    for (const role of [3, -1, 0.5, 'alice']) {
      expect((await thrown(() => init(plain(3), role, network))).message).toMatch(/the job has no role/);
    }
  });

  it('two programs that differ about a parameter', async () => {
    const { environments } = job(plain(1));
    const exe = new Executor({ environment: environments[0]!, program: p });
    const use = (shape: number[]) =>
      program(() => void reveal(layers.sum(parameter({ name: 'w', shape })), 0));
    const fetched = (q: Program) => exe.run({ program: q, fetchList: [`reveal_${q.nodes.length - 1}`] });
    expect((await fetched(use([2])))[0]!.item()).toBe(0);
    expect((await thrown(() => fetched(use([3])))).message).toMatch(
      /has shape \[2\] in another program, \[3\] here/,
    );
  });

  it('random weights where the protocol cannot draw any', async () => {
    const base = plain(1);
    const scheme = { ...base, party: (s: Parameters<typeof base.party>[0]) => withoutRandom(base.party(s)) };
    const { environments } = job(scheme);
    const q = regression(2, 0.1);
    const exe = new Executor({ environment: environments[0]!, program: q });
    const feed = await exe.share({
      x: { owner: 0, shape: [1, 2], values: [[1, 2]] },
      y: { owner: 0, shape: [1, 1], values: [[1]] },
    });
    const error = await thrown(() => exe.run({ feed }));
    expect(error.message).toMatch(/cannot draw secret random weights; give parameters a constantInitializer/);
  });

  it('planning and the twin', async () => {
    const q = regression(2, 0.1);
    expect((await thrown(() => plan(q, plain(1)))).message).toMatch(/the batch has no size/);
    expect((await thrown(() => new FloatTwin(q))).message).toMatch(/'fc.w_0' starts at random values/);
    expect((await thrown(() => new FloatTwin(q, { 'fc.w_0': [1] }))).message).toMatch(
      /has shape \[2, 1\], not \[1\]/,
    );
    const twin = new FloatTwin(q, { 'fc.w_0': [[1], [2]] });
    expect((await thrown(() => twin.run({ feed: { x: [[1, 2]] } }))).message).toMatch(/'y' was not fed/);
    expect((await thrown(() => twin.run({ feed: { z: 1 } }))).message).toMatch(/no data 'z'/);
  });
});

const withoutRandom = <P extends object>(party: P): P =>
  new Proxy(party, {
    get: (target, key) => (key === 'random' ? undefined : bindTo(target, Reflect.get(target, key))),
  });

const bindTo = (target: object, value: unknown): unknown =>
  typeof value === 'function' ? value.bind(target) : value;
