import { describe, expect, it } from 'vitest';
import { runPlain } from './fixture/encrypted.js';
import { errorBounds } from './fixture/error-bound.js';
import {
  constant,
  data,
  FloatTwin,
  gradients,
  type Kind,
  layers,
  NdArray,
  type Program,
  program,
  reveal,
  type Variable,
} from './index.js';
import { nameOf } from './program.js';

type Differentiable = Exclude<
  Kind,
  'data' | 'parameter' | 'constant' | 'share' | 'reveal' | 'assign' | 'detach' | 'withSlope'
>;

interface Case {
  readonly shapes: readonly (readonly number[])[];
  readonly f: (...xs: Variable[]) => Variable;
}

/** Both gradients of half the squared norm of a product: made of its two adjoints. */
const gradientOf =
  (f: (x: Variable, y: Variable) => Variable, side: 0 | 1) =>
  (...[x, y]: Variable[]): Variable => {
    const z = f(x!, y!);
    return gradients(layers.scale(layers.sum(layers.mul(z, z)), 0.5), [x!, y!])[side]!;
  };

const convolution = (x: Variable, w: Variable) =>
  layers.conv2d(x, w, { stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 2 });

const cases: Readonly<Record<Differentiable, readonly Case[]>> = {
  add: [
    { shapes: [[2, 3], [3]], f: (x, y) => layers.add(x!, y!) },
    { shapes: [[2, 1], [3]], f: (x, y) => layers.add(x!, y!) },
  ],
  sub: [{ shapes: [[3], [2, 3]], f: (x, y) => layers.sub(x!, y!) }],
  scale: [
    { shapes: [[2, 3]], f: (x) => layers.scale(x!, -0.3) },
    { shapes: [[2, 3]], f: (x) => layers.mean(x!) },
  ],
  sum: [
    { shapes: [[2, 3]], f: (x) => layers.sum(x!) },
    { shapes: [[2, 3, 2]], f: (x) => layers.sum(x!, { axes: [0, 2] }) },
    { shapes: [[2, 3]], f: (x) => layers.sum(x!, { axes: [1], keepDims: true }) },
  ],
  broadcast: [
    { shapes: [[2, 1]], f: (x) => layers.broadcastTo(x!, [3, 2, 4]) },
    { shapes: [[2]], f: (x) => layers.broadcastTo(x!, [1, 2]) },
  ],
  divide: [
    {
      shapes: [[2, 3], [3]],
      f: (x, y) => layers.division(x!, layers.add(layers.mul(y!, y!), 0.5), { low: 0.5, high: 16 }),
    },
  ],
  windows: [
    { shapes: [[2, 2, 4, 5]], f: (x) => layers.windows(x!, [2, 3], { stride: [2, 1], padding: [1, 0] }) },
  ],
  unwindows: [
    {
      shapes: [[2, 8, 6]],
      f: (x) =>
        x!.program.append('unwindows', [x!], {
          kernel: [2, 2],
          stride: [1, 1],
          padding: [0, 0],
          dilation: [1, 1],
          shape: [2, 2, 3, 4],
        }),
    },
  ],
  scheduled: [{ shapes: [[3]], f: (x) => layers.scheduled(x!, { kind: 'bias', beta: 0.3, power: -1 }) }],
  mask: [{ shapes: [[4, 5]], f: (x) => x!.program.append('mask', [x!], { rate: 0.25, stream: 3 }) }],
  less: [{ shapes: [[7], [7]], f: (x, y) => layers.select(layers.less(x!, y!), x!, layers.scale(y!, 3)) }],
  function: [
    { shapes: [[5]], f: (x) => layers.sigmoid(x!) },
    { shapes: [[5]], f: (x) => layers.tanh(x!) },
    { shapes: [[5]], f: (x) => layers.softplus(x!) },
    { shapes: [[5]], f: (x) => layers.gelu(x!) },
  ],
  reshape: [{ shapes: [[2, 6]], f: (x) => layers.reshape(x!, [3, 4]) }],
  transpose: [
    { shapes: [[2, 3]], f: (x) => layers.transpose(x!) },
    { shapes: [[2, 3, 4]], f: (x) => layers.transpose(x!, [1, 2, 0]) },
  ],
  slice: [{ shapes: [[4, 3]], f: (x) => layers.slice(x!, [1, 0], [3, null]) }],
  concat: [
    {
      shapes: [
        [2, 1],
        [2, 3],
      ],
      f: (x, y) => layers.concat([x!, y!], 1),
    },
  ],
  pad: [{ shapes: [[2, 3]], f: (x) => layers.pad(x!, [1, 0], [0, 2]) }],
  mul: [
    {
      shapes: [
        [2, 3],
        [2, 3],
      ],
      f: (x, y) => layers.mul(x!, y!),
    },
    { shapes: [[2, 1], [3]], f: (x, y) => layers.mul(x!, y!) },
    { shapes: [[2, 3]], f: (x) => layers.mul(x!, x!) },
    { shapes: [[2, 3]], f: (x) => layers.mul(x!, constant([1, -2, 0.7])) },
  ],
  matmul: [
    {
      shapes: [
        [2, 3],
        [3, 4],
      ],
      f: (x, y) => layers.matmul(x!, y!),
    },
    { shapes: [[2, 3]], f: (x) => layers.matmul(x!, constant([1, 2, -0.5, 1, 0, 3], [3, 2])) },
    { shapes: [[3, 2]], f: (x) => layers.matmul(constant([1, 2, -0.5, 1, 0, 3], [2, 3]), x!) },
  ],
  conv2d: [
    {
      shapes: [
        [2, 2, 4, 4],
        [3, 2, 2, 3],
      ],
      f: (x, w) => layers.conv2d(x!, w!),
    },
    {
      shapes: [
        [2, 4, 5, 5],
        [2, 2, 3, 2],
      ],
      f: (x, w) => convolution(x!, w!),
    },
  ],
  adjoint: [
    {
      shapes: [
        [2, 3],
        [3, 2],
      ],
      f: gradientOf(layers.matmul, 0),
    },
    {
      shapes: [
        [2, 3],
        [3, 2],
      ],
      f: gradientOf(layers.matmul, 1),
    },
    {
      shapes: [
        [1, 2, 4, 4],
        [2, 1, 2, 2],
      ],
      f: gradientOf(convolution, 0),
    },
    {
      shapes: [
        [1, 2, 4, 4],
        [2, 1, 2, 2],
      ],
      f: gradientOf(convolution, 1),
    },
  ],
};

/** Numbers in [-1, 1), the same at every call. */
const numbers = (seed: number) => {
  let state = seed;
  return (count: number) =>
    Array.from({ length: count }, () => {
      state = (state * 48271) % 2147483647;
      return (2 * state) / 2147483647 - 1;
    });
};

const names = ['x', 'y'];

interface Example {
  readonly p: Program;
  readonly feed: Record<string, NdArray>;
  readonly gradients: readonly string[];
}

/** A loss that weighs the results, its gradients revealed. */
const example = ({ shapes, f }: Case): Example => {
  const draw = numbers(7);
  const gradientNames: string[] = [];
  const p = program(() => {
    const inputs = shapes.map((shape, i) => data({ name: names[i]!, shape }));
    const result = f(...inputs);
    const shape = result.shape as readonly number[];
    const weights = constant(draw(shape.reduce((n, d) => n * d, 1)), shape);
    const loss = layers.sum(layers.mul(result, weights));
    reveal(loss, 'all', 'loss');
    for (const gradient of gradients(loss, inputs)) {
      gradientNames.push(gradient.visibility === 'secret' ? reveal(gradient).name : gradient.name);
    }
  });
  const feed = Object.fromEntries(
    shapes.map((shape, i) => [
      names[i]!,
      new NdArray(shape, Float64Array.from(draw(shape.reduce((n, d) => n * d, 1)))),
    ]),
  );
  return { p, feed, gradients: gradientNames };
};

/** (loss(x + h) - loss(x - h)) / 2h for every element. */
const differences = ({ p, feed }: Example, name: string): number[] => {
  const h = 1e-4;
  const twin = new FloatTwin(p);
  const at = (i: number, shift: number) => {
    const x = feed[name]!;
    const moved = new NdArray(
      x.shape,
      x.data.map((v, k) => (k === i ? v + shift : v)),
    );
    twin.step = 0;
    return twin.run({ feed: { ...feed, [name]: moved }, fetchList: ['loss'] })[0]!.item();
  };
  return Array.from(feed[name]!.data, (_, i) => (at(i, h) - at(i, -h)) / (2 * h));
};

describe.each(Object.entries(cases))('the gradient of %s', (_kind, list) => {
  it.each(list.map((c, i) => ({ c, i })))('equals the finite difference (case $i)', async ({ c }) => {
    const e = example(c);
    const exact = new FloatTwin(e.p).run({ feed: e.feed, fetchList: e.p.nodes.map(nameOf) });
    const bounds = errorBounds(e.p, exact);
    const secret = e.gradients.filter((name) => name.startsWith('reveal'));
    const computed = await runPlain(e.p, e.feed, secret);
    for (const [k, name] of e.gradients.entries()) {
      const expected = differences(e, names[k]!);
      const { id } = e.p.variable(name).node;
      const encrypted = computed[secret.indexOf(name)];
      for (const [i, v] of expected.entries()) {
        expect(Math.abs(exact[id]!.data[i]! - v)).toBeLessThan(1e-6);
        if (encrypted !== undefined) {
          expect(Math.abs(encrypted.data[i]! - v)).toBeLessThan(bounds[id]!.data[i]! + 1e-6);
        }
      }
    }
  });
});
