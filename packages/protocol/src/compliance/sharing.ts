import { equalShapes, linear, type Shape } from '@triad/ring';
import { type ClientBody, type Party, simulate } from '../simulate.js';
import { check, checkWords, type Property } from './check.js';
import { extremes, take, tensor, type Value, value } from './sample.js';
import { plaintext, type Subject, shareValue } from './subject.js';

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
  const receive: ClientBody = async (client, session) => {
    const out = take(await client.reveal(session.op('out', client.rank), sum.shape));
    checkWords(`what outside party ${client.rank} gets`, out.words, sum.words);
  };
  const share: ClientBody = async (client, session) => {
    const x = tensor(mine);
    client.share(session.op('x'), x);
    x.dispose();
    await receive(client, session);
  };
  const body = async (party: Party<S>): Promise<void> => {
    const { protocol, session } = party;
    const x = await protocol.share(session.op('x'), scheme.parties, mine.shape);
    const y = await shareValue(party, session.op('y'), 0, extremes);
    const z = protocol.linear(linear.add(), x, y);
    for (const to of [scheme.parties, scheme.parties + 1]) {
      const out = await protocol.reveal(session.op('out', to), z, to);
      check(out === undefined, () => `party ${party.rank} gets a value revealed to outside party ${to}`);
    }
    for (const share of [x, y, z]) protocol.dispose(share);
  };
  await simulate(scheme, body, { seed: 1, clients: [share, receive] });
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
