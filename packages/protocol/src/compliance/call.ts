import { bilinear, linear } from '@triad/ring';
import type { Client, Cost, Protocol } from '../protocol.js';
import type { Op } from '../session.js';
import type { Party } from '../simulate.js';
import { tensor, type Value, value } from './sample.js';
import { type Subject, shareValue } from './subject.js';
import { truncateProduct } from './truncate-product.js';

/** One interactive call of a protocol on shares that are there already. */
export interface Call<S> {
  readonly name: string;
  readonly inputs: readonly Value[];
  /** As the scheme declares it. */
  readonly cost: Cost;
  run(party: Party<S>, op: Op, xs: readonly S[]): Promise<void>;
  /** What an outside party does at the same time. */
  client?(client: Client, op: Op): Promise<void>;
}

type Calls = <S>(subject: Subject<S>, n: number) => Call<S>[];

const discard = async <S>(protocol: Protocol<S>, share: Promise<S>): Promise<void> =>
  protocol.dispose(await share);

const ranks = (parties: number): number[] => Array.from({ length: parties }, (_, rank) => rank);

const shareCalls: Calls = <S>({ scheme }: Subject<S>, n: number) => {
  const input = value([n], 1);
  const inside = ranks(scheme.parties).map(
    (owner): Call<S> => ({
      name: `share of ${n} by party ${owner}`,
      inputs: [],
      cost: scheme.cost.share(n, owner),
      run: (party, op) => discard(party.protocol, shareValue(party, op, owner, input)),
    }),
  );
  if (scheme.client === undefined) return inside;
  const outside: Call<S> = {
    name: `share of ${n} by an outside party`,
    inputs: [],
    cost: scheme.cost.share(n, scheme.parties),
    run: ({ protocol }, op) => discard(protocol, protocol.share(op, scheme.parties, [n])),
    client: async (client, op) => {
      const x = tensor(input);
      client.share(op, x);
      x.dispose();
    },
  };
  return [...inside, outside];
};

const revealCalls: Calls = <S>({ scheme }: Subject<S>, n: number) => {
  const reveal = (to: number | 'all'): Call<S> => ({
    name: `reveal of ${n} to ${to}`,
    inputs: [value([n], 2)],
    cost: scheme.cost.reveal(n, to),
    run: async ({ protocol }, op, [x]) => (await protocol.reveal(op, x!, to))?.dispose(),
  });
  const inside = [...ranks(scheme.parties), 'all' as const].map(reveal);
  if (scheme.client === undefined) return inside;
  const outside: Call<S> = {
    ...reveal(scheme.parties),
    name: `reveal of ${n} to an outside party`,
    client: async (client, op) => (await client.reveal(op, [n])).dispose(),
  };
  return [...inside, outside];
};

/** The inner dimension differs, which must not matter. */
const productCalls: Calls = <S>({ scheme }: Subject<S>, n: number): Call<S>[] => [
  {
    name: `product of ${n}`,
    inputs: [value([n], 3), value([n], 4)],
    cost: scheme.cost.bilinear(n),
    run: ({ protocol }, op, [x, y]) => discard(protocol, protocol.bilinear(op, bilinear.mul(), x!, y!)),
  },
  {
    name: `matrix product of ${n}, inner dimension 30`,
    inputs: [value([1, 30], 5), value([30, n], 6)],
    cost: scheme.cost.bilinear(n),
    run: ({ protocol }, op, [x, y]) => discard(protocol, protocol.bilinear(op, bilinear.matmul(), x!, y!)),
  },
];

const truncationCalls =
  (bits: number): Calls =>
  <S>({ scheme }: Subject<S>, n: number): Call<S>[] => {
    const x = value([n], 7, bits);
    const truncate: Call<S> = {
      name: `truncation of ${n} by ${bits} bits`,
      inputs: [x],
      cost: scheme.cost.truncate(n, bits),
      run: ({ protocol }, op, [a]) => discard(protocol, protocol.truncate(op, a!, bits)),
    };
    const fused: Call<S> = {
      name: `truncated product of ${n} by ${bits} bits`,
      inputs: [x, { ...x, words: x.words.map(() => 1n) }],
      cost: scheme.cost.bilinearTruncate(n, bits),
      run: ({ protocol }, op, [a, b]) =>
        discard(protocol, truncateProduct(protocol, op, { map: bilinear.mul(), x: a!, y: b! }, bits)),
    };
    return [truncate, fused];
  };

const randomCalls: Calls = <S>({ scheme }: Subject<S>, n: number): Call<S>[] => {
  const { random } = scheme.cost;
  if (random === undefined) return [];
  return [3, 24].map((bits) => ({
    name: `${n} random integers of ${bits} bits`,
    inputs: [],
    cost: scheme.cost.random!(n, bits),
    run: ({ protocol }, op) => discard(protocol, protocol.random!(op, [n], bits)),
  }));
};

const belowCalls: Calls = <S>({ scheme }: Subject<S>, n: number): Call<S>[] => {
  if (scheme.cost.below === undefined) return [];
  const thresholds = [-3n, 0n, 2n ** 40n];
  const sum = linear.sum([0]);
  const inputs = [value([n], 8, 61)];
  return [
    {
      name: `comparison of ${n} with 3 thresholds`,
      inputs,
      cost: scheme.cost.below(n, 3, 3 * n),
      run: ({ protocol }, op, [x]) => discard(protocol, protocol.below!(op, x!, thresholds)),
    },
    {
      name: `comparisons of ${n} with 3 thresholds, added up`,
      inputs,
      cost: scheme.cost.below(n, 3, n),
      run: ({ protocol }, op, [x]) => discard(protocol, protocol.below!(op, x!, thresholds, [sum])),
    },
  ];
};

/** Every kind of interactive call on `n` elements. */
export const calls = <S>(subject: Subject<S>, n: number): Call<S>[] =>
  [
    shareCalls,
    revealCalls,
    productCalls,
    truncationCalls(8),
    truncationCalls(16),
    randomCalls,
    belowCalls,
  ].flatMap((each) => each(subject, n));
