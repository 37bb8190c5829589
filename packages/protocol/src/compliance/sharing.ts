import { equalShapes, type Linear, linear, type Shape } from '@triad/ring';
import { simulate } from '../simulate.js';
import { check, checkWords, type Property } from './check.js';
import { take, tensor, type Value, value } from './sample.js';
import { compute, plaintext, type Subject, shareValue } from './subject.js';

const extremes: Value = {
  shape: [2, 3],
  words: [0n, -1n, 1n, 2n ** 63n - 1n, -(2n ** 63n), 81985529216486895n],
};

const ranks = (parties: number): number[] => Array.from({ length: parties }, (_, rank) => rank);

/** Shares of values that differ per owner, revealed to one party or all. */
const roundTrip = async <S>({ scheme }: Subject<S>, owner: number, to: number | 'all'): Promise<void> => {
  const shapes: Shape[] = [[2, 3], [], [0], [1, 5, 1]];
  const inputs = [extremes, ...shapes.slice(1).map((shape, i) => value(shape, 40 + owner + i))];
  const { results } = await simulate(
    scheme,
    async (party) => {
      const { protocol, session } = party;
      const got: (Value | undefined)[] = [];
      for (const [i, input] of inputs.entries()) {
        const x = await shareValue(party, session.op('x', i), owner, input);
        const shape = protocol.shape(x);
        check(
          equalShapes(shape, input.shape),
          () => `shape() is [${shape}] for a value of shape [${input.shape}]`,
        );
        const out = await protocol.reveal(session.op('out', i), x, to);
        protocol.dispose(x);
        got.push(out && take(out));
      }
      return got;
    },
    { seed: 1 },
  );
  for (const [rank, got] of results.entries()) checkOutputs(rank, to, got, inputs);
};

const checkOutputs = (
  rank: number,
  to: number | 'all',
  got: readonly (Value | undefined)[],
  inputs: readonly Value[],
): void => {
  for (const [i, input] of inputs.entries()) {
    const out = got[i];
    if (to === 'all' || to === rank) {
      check(out !== undefined, () => `party ${rank} gets nothing of a value revealed to ${to}`);
      checkWords(`value ${i} revealed to ${to}, at party ${rank}`, out!.words, input.words);
      check(
        equalShapes(out!.shape, input.shape),
        () => `value ${i} comes out as [${out!.shape}], not [${input.shape}]`,
      );
    } else check(out === undefined, () => `party ${rank} gets a value revealed to party ${to}`);
  }
};

/** Two outside parties: the first one shares, both get the sum with a computing party's value. */
const outside = async <S>({ scheme }: Subject<S>): Promise<void> => {
  const mine = value([2, 3], 50);
  const sum = plaintext((x, y) => linear.add().apply(x, y), mine, extremes);
  const receive = async (client: Parameters<Client>[0], session: Parameters<Client>[1]) => {
    const out = take(await client.reveal(session.op('out', client.rank), sum.shape));
    checkWords(`what outside party ${client.rank} gets`, out.words, sum.words);
  };
  type Client = NonNullable<NonNullable<Parameters<typeof simulate>[2]>['clients']>[number];
  const share: Client = async (client, session) => {
    const x = tensor(mine);
    client.share(session.op('x'), x);
    x.dispose();
    await receive(client, session);
  };
  await simulate(
    scheme,
    async (party) => {
      const { protocol, session } = party;
      const x = await protocol.share(session.op('x'), scheme.parties, mine.shape);
      const y = await shareValue(party, session.op('y'), 0, extremes);
      const z = protocol.linear(linear.add(), x, y);
      for (const to of [scheme.parties, scheme.parties + 1]) {
        const out = await protocol.reveal(session.op('out', to), z, to);
        check(out === undefined, () => `party ${party.rank} gets a value revealed to outside party ${to}`);
      }
      for (const s of [x, y, z]) protocol.dispose(s);
    },
    { seed: 1, clients: [share, receive] },
  );
};

export const sharing = <S>(subject: Subject<S>): Property[] => {
  const { parties } = subject.scheme;
  const trips = ranks(parties).flatMap((owner) =>
    [...ranks(parties), 'all' as const].map((to) => ({
      name: `a value of party ${owner} is revealed to ${to === 'all' ? 'all' : `party ${to} alone`}`,
      check: () => roundTrip(subject, owner, to),
    })),
  );
  if (subject.scheme.client === undefined) return trips;
  return [...trips, { name: 'outside parties share and get results', check: () => outside(subject) }];
};

const maps: readonly (readonly [Linear, ...Shape[]])[] = [
  [linear.add(), [2, 3], [2, 3]],
  [linear.add(), [2, 1], [3]],
  [linear.sub(), [2, 3], []],
  [linear.neg(), [4]],
  [linear.scale(-3n), [4]],
  [linear.scale(2n ** 63n - 1n), [4]],
  [linear.sum(), [2, 3]],
  [linear.sum([0], true), [2, 3]],
  [linear.reshape([6]), [2, 3]],
  [linear.transpose(), [2, 3]],
  [linear.transpose([1, 0, 2]), [2, 3, 2]],
  [linear.slice([0, 1], [2, 3]), [2, 3]],
  [linear.concat(1), [2, 3], [2, 1], [2, 2]],
  [linear.pad([1, 0], [0, 2]), [2, 3]],
  [linear.broadcastTo([4, 2, 3]), [2, 1]],
  [linear.im2col(2, { stride: 1 }), [1, 2, 3, 3]],
  [linear.col2im([1, 2, 3, 3], 2, { stride: 1 }), [1, 8, 4]],
];

const describeMap = ([f, ...shapes]: readonly [Linear, ...Shape[]]): string =>
  `${f.name} of ${shapes.map((shape) => `[${shape}]`).join(', ')}`;

export const linearity = <S>(subject: Subject<S>): Property[] => [
  ...maps.map((map) => ({
    name: describeMap(map),
    check: async () => {
      const [f, ...shapes] = map;
      const inputs = shapes.map((shape, i) => value(shape, 60 + i));
      const out = await compute(subject, inputs, ({ protocol }, xs) => protocol.linear(f, ...xs));
      checkWords(describeMap(map), out.words, plaintext((...xs) => f.apply(...xs), ...inputs).words);
    },
  })),
  { name: 'constant() shares a public value', check: () => constant(subject) },
  { name: 'addPublic() adds a public value, broadcasting', check: () => addPublic(subject) },
];

const constant = async <S>(subject: Subject<S>): Promise<void> => {
  const out = await compute(subject, [], ({ protocol }) => {
    const c = tensor(extremes);
    const share = protocol.constant(c);
    c.dispose();
    return share;
  });
  checkWords('constant()', out.words, extremes.words);
};

const addPublic = async <S>(subject: Subject<S>): Promise<void> => {
  for (const shape of [[2, 3], [3], []]) {
    const added = value(shape, 70);
    const out = await compute(subject, [extremes], ({ protocol }, [x]) => {
      const c = tensor(added);
      const share = protocol.addPublic(x!, c);
      c.dispose();
      return share;
    });
    const expected = plaintext((x, c) => linear.add().apply(x, c), extremes, added);
    checkWords(`addPublic() of shape [${shape}]`, out.words, expected.words);
  }
};
