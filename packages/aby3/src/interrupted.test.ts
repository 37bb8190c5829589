import { bilinear, linear } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { counting, interrupt, type Operation, withTensor } from './fixture/interrupt.js';
import { argmax, rank, reduceMax, topK } from './order/extremum.js';
import { eq, ge, gt, le, lt, maximum, minimum, ne, relu, select } from './order/order.js';
import { secretPermutation } from './shuffle/permutation.js';
import { permute, permuteBack, shuffle } from './shuffle/permute.js';
import { sort } from './shuffle/sort.js';

type Operations = Readonly<Record<string, Operation>>;

/** An operation for each of some values. */
const each = <T>(
  values: readonly T[],
  name: (value: T) => string,
  make: (value: T) => Operation,
): Operations => Object.fromEntries(values.map((value) => [name(value), make(value)]));

const parties = [0, 1, 2];

const shares: Operations = {
  ...each(
    parties,
    (owner) => `share by ${owner}`,
    (owner) => ({
      call: ({ protocol, rank }, op) =>
        rank === owner
          ? withTensor(counting([3]), (x) => protocol.share(op, owner, x))
          : protocol.share(op, owner, [3]),
    }),
  ),
  'share by an outside party': {
    call: ({ protocol }, op) => protocol.share(op, 3, [3]),
    client: (client, op) => withTensor(counting([3]), (x) => client.share(op, x)),
  },
  ...each(
    [...parties, 'all'] as const,
    (to) => `reveal to ${to}`,
    (to) => ({ shapes: [[3]], call: ({ protocol, xs: [x] }, op) => protocol.reveal(op, x!, to as 'all') }),
  ),
  'reveal to an outside party': {
    shapes: [[3]],
    call: ({ protocol, xs: [x] }, op) => protocol.reveal(op, x!, 3),
    client: (client, op) => client.reveal(op, [3]),
  },
  refresh: { shapes: [[3]], call: ({ protocol, xs: [x] }, op) => protocol.refresh!(op, x!) },
  random: { call: ({ protocol }, op) => protocol.random!(op, [3], 7) },
};

const product = (map: ReturnType<typeof bilinear.mul>, ...shapes: readonly number[][]): Operation => ({
  shapes,
  call: ({ protocol, xs: [x, y] }, op) => protocol.bilinear(op, map, x!, y!),
});

const products: Operations = {
  mul: product(bilinear.mul(), [3], [3]),
  'broadcast mul': product(bilinear.mul(), [2, 3], [3]),
  dot: product(bilinear.dot(), [3], [3]),
  matmul: product(bilinear.matmul(), [2, 3], [3, 2]),
  conv2d: product(bilinear.conv2d(), [1, 1, 3, 3], [1, 1, 2, 2]),
};

/** Elements of two blocks. */
const long = 2 ** 17 + 2;

const truncations: Operations = Object.assign(
  {},
  ...(['probabilistic', 'exact', { magnitudeBits: 24 }] as const).map((truncation) =>
    each(
      ['truncate', 'truncate by 0', 'matmul and truncate', 'truncate in blocks'],
      (name) => `${name}, ${typeof truncation === 'string' ? truncation : 'local'}`,
      (name) => ({
        options: { truncation },
        shapes:
          name.endsWith('blocks') && truncation === 'probabilistic'
            ? [[long]]
            : [
                [2, 2],
                [2, 2],
              ],
        call: ({ protocol, xs: [x, y] }, op) =>
          name.startsWith('matmul')
            ? protocol.bilinearTruncate!(
                op,
                { map: bilinear.matmul(), x: x!, y: y!, after: [linear.neg()] },
                4,
              )
            : protocol.truncate(op, x!, name.endsWith('0') ? 0 : 4),
      }),
    ),
  ),
);

const thresholds = (count: number): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i));

const comparisons: Operations = {
  below: {
    shapes: [[3]],
    call: ({ protocol, xs: [x] }, op) => protocol.below!(op, x!, thresholds(2), [linear.sum([0])]),
  },
  'below, in blocks': {
    shapes: [[129]],
    call: ({ protocol, xs: [x] }, op) => protocol.below!(op, x!, thresholds(512)),
  },
  ...each(
    [lt, le, gt, ge, eq, ne],
    ({ name }) => `${name} of secrets`,
    (f) => ({ shapes: [[3], [3]], call: ({ protocol, xs: [x, y] }, op) => f(protocol, op, x!, y!) }),
  ),
  ...each(
    [lt, le, gt, ge, eq, ne],
    ({ name }) => `${name} of a public word`,
    (f) => ({ shapes: [[3]], call: ({ protocol, xs: [x] }, op) => f(protocol, op, x!, 2n) }),
  ),
  ...each(
    [minimum, maximum],
    ({ name }) => name,
    (f) => ({ shapes: [[3], [3]], call: ({ protocol, xs: [x, y] }, op) => f(protocol, op, x!, y!) }),
  ),
  relu: { shapes: [[3]], call: ({ protocol, xs: [x] }, op) => relu(protocol, op, x!) },
  select: {
    shapes: [[3], [3], [3]],
    call: ({ protocol, xs: [c, x, y] }, op) => select(protocol, op, c!, x!, y!),
  },
  ...each(
    [1, 2, 5, 17],
    (length) => `reduceMax of ${length}`,
    (length) => ({ shapes: [[length]], call: ({ protocol, xs: [x] }, op) => reduceMax(protocol, op, x!) }),
  ),
  argmax: { shapes: [[2, 4]], call: ({ protocol, xs: [x] }, op) => argmax(protocol, op, x!) },
  rank: { shapes: [[3]], call: ({ protocol, xs: [x] }, op) => rank(protocol, op, x!) },
  topK: { shapes: [[3]], call: ({ protocol, xs: [x] }, op) => topK(protocol, op, x!, 2) },
};

const shuffles: Operations = {
  'secret permutation': {
    call: ({ session }, op) => {
      const permutation = secretPermutation(session, op, 3);
      return parties.filter((peer) => peer !== session.rank).map((peer) => permutation.with(peer));
    },
  },
  shuffle: { shapes: [[3], [3, 2]], call: ({ session, xs }, op) => shuffle(session, op, xs) },
  ...each(
    [permute, permuteBack],
    ({ name }) => name,
    (f) => ({
      shapes: [[3], [3, 2]],
      call: async ({ session, xs }, op) => {
        const permutation = secretPermutation(session, op.at(0), 3);
        try {
          return await f(session, op.at(1), permutation, xs);
        } finally {
          permutation.dispose();
        }
      },
    }),
  ),
  sort: {
    shapes: [[5], [5, 2]],
    call: (site, op) => sort(site, op, site.xs[0]!, site.xs),
  },
};

const bits: Operations = {
  ...each(
    parties,
    (owner) => `share of bits by ${owner}`,
    (owner) => ({
      call: ({ bits, rank }, op) =>
        rank === owner
          ? withTensor(counting([3]), (x) => bits.share(op, owner, x, 5))
          : bits.share(op, owner, [3], 5),
    }),
  ),
  ...each(
    [...parties, 'all'] as const,
    (to) => `reveal of bits to ${to}`,
    (to) => ({ call: ({ bits, planes: [x] }, op) => bits.reveal(op, x, to as 'all') }),
  ),
  and: { call: ({ bits, planes: [x, , bit] }, op) => bits.and(op, x, bit) },
  or: { call: ({ bits, planes: [x] }, op) => bits.or(op, x, x) },
  prefixOr: { call: ({ bits, planes: [, x] }, op) => bits.prefixOr(op, x) },
  add: { call: ({ bits, planes: [, x] }, op) => bits.add(op, x, x) },
  a2b: { shapes: [[3]], call: ({ bits, xs: [x] }, op) => bits.a2b(op, x!) },
  b2a: { call: ({ bits, planes: [, x] }, op) => bits.b2a(op, x) },
  bitInjection: { call: ({ bits, planes: [, x] }, op) => bits.bitInjection(op, x) },
  multiply: {
    shapes: [[3]],
    call: ({ bits, planes: [, , bit], xs: [x] }, op) => bits.multiply(op, bit, x!),
  },
};

const operations = Object.entries({
  ...shares,
  ...products,
  ...truncations,
  ...comparisons,
  ...shuffles,
  ...bits,
});

describe('an operation that fails at any send, receive or draw', () => {
  it.each(operations)('%s gives back its memory', async (_, operation) => {
    for (const party of operation.client === undefined ? parties : [...parties, 3]) {
      for (let use = 1; ; use++) {
        const { happened, left } = await interrupt(operation, { party, use });
        expect({ party, use, left }).toEqual({ party, use, left: 0 });
        if (!happened) break;
      }
    }
  });
});
