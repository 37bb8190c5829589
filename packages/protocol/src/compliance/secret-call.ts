import { bilinear } from '@triad/ring';
import type { Client, Scheme } from '../protocol.js';
import type { Step } from '../session.js';
import { places, type Sample, type Scenario } from './observation.js';
import { take, tensor, type Value } from './sample.js';
import { type Subject, shareValue } from './subject.js';
import { truncateProduct } from './truncate-product.js';

/** A call on shares of the secret and of ones, all of one owner. */
interface SecretCall<S> {
  readonly name: string;
  /** Whether the secret must keep to the magnitude that truncation takes. */
  readonly limited?: true;
  /** Whether a word seen may hold bits of many elements: then the lowest is one of the secret's. */
  readonly packed?: true;
  run(sample: Sample<S>, x: S, y: S): Promise<S | undefined>;
  /** What an outside owner does at the same time. */
  outside?(client: Client, step: Step): Promise<void>;
}

const mul = bilinear.mul();

const comparison = {
  name: 'comparison',
  limited: true,
  packed: true,
  run: <S>({ party, call }: Sample<S>, x: S) => party.protocol.below!(call, x, [3n]),
} as const;

const secretCalls = <S>({ cost }: Scheme<S>, owner: number): SecretCall<S>[] => [
  { name: 'share', run: async () => undefined },
  { name: 'product, secret first', run: ({ party, call }, x, y) => party.protocol.bilinear(call, mul, x, y) },
  { name: 'product, secret last', run: ({ party, call }, x, y) => party.protocol.bilinear(call, mul, y, x) },
  { name: 'product with a constant', run: productWithConstant },
  { name: 'truncation', limited: true, run: ({ party, call }, x) => party.protocol.truncate(call, x, 8) },
  {
    name: 'truncated product',
    limited: true,
    run: ({ party, call }, x, y) => truncateProduct(party.protocol, call, { map: mul, x, y }, 8),
  },
  ...(cost.below === undefined ? [] : [comparison]),
  {
    name: 'reveal to the owner',
    run: async ({ party, call }, x) => {
      (await party.protocol.reveal(call, x, owner))?.dispose();
      return undefined;
    },
    outside: async (client, step) => (await client.reveal(step.op(places.call), [2])).dispose(),
  },
];

const ones = ({ shape, words }: Value): Value => ({ shape, words: words.map(() => 1n) });

/** Shares of constants are known to all, so that a mask missing from the result shows. */
const productWithConstant = async <S>({ party, call, secret }: Sample<S>, x: S): Promise<S> => {
  const { protocol } = party;
  const c = tensor(ones(secret));
  const y = protocol.constant(c);
  const z = await protocol.bilinear(call, mul, x, y);
  protocol.dispose(y);
  c.dispose();
  return z;
};

/** A secret of one owner, shared and used. */
export interface OwnersScenario<S> extends Scenario<S> {
  readonly name: string;
  readonly owner: number;
}

const scenario = <S>(owner: number, call: SecretCall<S>, magnitudeBits: number): OwnersScenario<S> => ({
  name: call.name,
  owner,
  bits: call.limited ? magnitudeBits - 1 : 63,
  seenBits: call.packed ? 1 : 64,
  run: async (sample) => {
    const { party, secret } = sample;
    const x = await shareValue(party, sample.x, owner, secret);
    const y = await shareValue(party, sample.y, owner, ones(secret));
    const z = await call.run(sample, x, y);
    for (const share of z === undefined ? [x, y] : [x, y, z]) party.protocol.dispose(share);
    return secret.words[0]!;
  },
});

const sharesOutside = (client: Client, step: Step, secret: Value): void => {
  const [x, y] = [tensor(secret), tensor(ones(secret))];
  client.share(step.op(places.x), x);
  client.share(step.op(places.y), y);
  x.dispose();
  y.dispose();
};

/** Everything a computing party does with a secret of its own. */
export const ownersScenarios = <S>({ scheme, truncation }: Subject<S>, owner: number): OwnersScenario<S>[] =>
  secretCalls(scheme, owner).map((call) => scenario(owner, call, truncation.magnitudeBits));

/** What is different if the owner is an outside party: how it shares and what is revealed to it. */
export const outsideScenarios = <S>({ scheme, truncation }: Subject<S>, owner: number): OwnersScenario<S>[] =>
  secretCalls(scheme, owner)
    .filter(({ name, outside }) => name === 'share' || outside !== undefined)
    .map((call) => ({
      ...scenario(owner, call, truncation.magnitudeBits),
      outside: async (client, step, secret) => {
        sharesOutside(client, step, secret);
        await call.outside?.(client, step);
      },
    }));

/** How many of a random integer's bits are drawn. */
const randomBits = 8;

/** A random integer: the secret is what was drawn. */
export const randomScenario = <S>(): Scenario<S> => ({
  bits: 1,
  seenBits: randomBits,
  run: async ({ party, call, unseen }) => {
    const { protocol } = party;
    const r = await protocol.random!(call, [2], randomBits);
    const out = (await protocol.reveal(unseen, r))!;
    protocol.dispose(r);
    return take(out).words[0]!;
  },
});
