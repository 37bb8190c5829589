import { linear, Tensor } from '@triad/ring';
import { describe, expect, it } from 'vitest';
import { observe, secretOf, type Trial, tells } from '../fixture/leak.js';
import type { Share } from '../share.js';
import { reduceMax } from './extremum.js';
import { lt } from './order.js';

/** More than the words that a party sees of a comparison. */
const samples = 3200;

type Call = (trial: Trial, x: Share) => Promise<Share>;

/** What a call on a secret word of one party shows the others of it, in messages, streams and their shares of the result. */
const leaksOf = async (owner: number, call: Call) => {
  const observed = await observe(samples, async (trial) => {
    const { protocol } = trial;
    const value = secretOf(trial, owner);
    const x = await protocol.share(trial.op(0), owner, value);
    if (value instanceof Tensor) value.dispose();
    const z = await call(trial, x);
    const held = [z.a, z.b].flatMap((part) => [...part.toBytes()]);
    for (const share of [x, z]) protocol.dispose(share);
    return { coin: trial.coin, held };
  });
  const others = observed.filter((_, rank) => rank !== owner);
  return others.map((observations) =>
    tells(
      observations.map(({ view, result }) => Uint8Array.from([...view, ...result.held])),
      observations.map(({ result }) => result.coin),
    ),
  );
};

const less: Call = ({ protocol, op }, x) => lt(protocol, op(1), x, 0n);

/** Of the secret and two words that are between its patterns. */
const largest: Call = async ({ protocol, op }, x) => {
  const c = Tensor.from([2], [3n, -3n]);
  const others = protocol.constant(c);
  const list = protocol.linear(linear.concat(), x, others);
  const out = await reduceMax(protocol, op(1), list);
  c.dispose();
  for (const share of [others, list]) protocol.dispose(share);
  return out;
};

describe.each([
  ['lt', less],
  ['reduceMax', largest],
] as const)('%s', (_, call) => {
  it.each([0, 2])(
    'shows nothing of a secret of party %i',
    async (owner) => {
      expect(await leaksOf(owner, call)).toEqual([undefined, undefined]);
    },
    60_000,
  );
});

it('would show a result that is opened', async () => {
  const opened: Call = async (trial, x) => {
    const bits = await less(trial, x);
    (await trial.protocol.reveal(trial.op(2), bits))?.dispose();
    return bits;
  };
  const told = 'an xor of bits is the secret';
  expect(await leaksOf(0, opened)).toEqual([told, told]);
}, 60_000);
