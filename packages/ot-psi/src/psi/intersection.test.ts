import { local, openSession, type Session } from '@triad/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestKeys } from '../key/digest.js';
import { keySet } from '../key/key-set.js';
import type { OtLink } from '../ot/index.js';
import type { PsiName } from './protocol.js';
import { type PsiOptions, psi } from './psi.js';
import { type PsiRunner, psiRunner } from './runner.js';

/** Own keys and the other side's, which may repeat. */
interface Sides {
  readonly x: readonly string[];
  readonly y: readonly string[];
}

/** Rows of each side by size, ratio and how many keys are common; some keys come twice. */
const sides = (largest: number): fc.Arbitrary<Sides> =>
  fc
    .record({
      size: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: largest })),
      ratio: fc.constantFrom(1, 1, 2, 10, 1000),
      common: fc.constantFrom(0, 0.1, 0.5, 1),
      larger: fc.boolean(),
      repeated: fc.constantFrom(0, 0, 1, 17),
      salt: fc.nat(),
    })
    .map(({ size, ratio, common, larger, repeated, salt }) => {
      const few = Math.floor(size / ratio);
      const shared = Math.floor(few * common);
      const make = (count: number, own: string) => {
        const keys = Array.from({ length: count }, (_, i) => `${i < shared ? 'both' : own} ${salt} ${i}`);
        const again = keys.slice(0, repeated);
        // An order that is not the one they were made in.
        return [...keys, ...again].map((_, i, all) => all[(i * 7919 + salt) % all.length]!);
      };
      const [a, b] = [make(size, 'a'), make(few, 'b')];
      return larger ? { x: a, y: b } : { x: b, y: a };
    });

const intersection = ({ x, y }: Sides): string[] => {
  const theirs = new Set(y);
  return [...new Set(x)].filter((key) => theirs.has(key)).toSorted();
};

const sessions = async (): Promise<readonly [Session, Session]> => {
  const [a, b] = await Promise.all(local(2).channels.map((channel) => openSession(channel, { parties: 2 })));
  return [a!, b!];
};

const links = ([a, b]: readonly [Session, Session], name: string, n = 0): readonly [OtLink, OtLink] => [
  { session: a, op: a.op(name, n), peer: 1 },
  { session: b, op: b.op(name, n), peer: 0 },
];

/** Runs that share base OTs. */
const runners = async (protocol: PsiName) => {
  const both = await sessions();
  const [r, s] = links(both, 'base');
  const [receiver, sender] = await Promise.all([
    psiRunner(r, { role: 'receiver', result: 'both', protocol }),
    psiRunner(s, { role: 'sender', result: 'both', protocol }),
  ]);
  let runs = 0;
  const hashKey = new Uint8Array(32).fill(7);
  const one = async (runner: PsiRunner, link: OtLink, keys: readonly string[]) => {
    const set = keySet(digestKeys(keys, hashKey));
    const { common } = await runner.run(link, set);
    const found = [...common!].map((i) => keys[set.rows[i]!]!);
    set.dispose();
    return found;
  };
  return async ({ x, y }: Sides) => {
    const [at, from] = links(both, 'run', runs++);
    return Promise.all([one(receiver, at, x), one(sender, from, y)]);
  };
};

describe('common keys are exactly those of both sets, in one order', () => {
  const check = async (protocol: PsiName, largest: number, numRuns: number) => {
    const run = await runners(protocol);
    const property = async (both: Sides) => {
      const [x, y] = await run(both);
      expect(x).toEqual(y);
      expect(x.toSorted()).toEqual(intersection(both));
    };
    await fc.assert(fc.asyncProperty(sides(largest), property), { seed: 1, numRuns });
  };

  test('RR22, 1000 runs of up to 2^16 keys', () => check('rr22', 2 ** 16, 1000), 240_000);
  test('KKRT16, 200 runs of up to 2^16 keys', () => check('kkrt16', 2 ** 16, 200), 240_000);
});

describe('psi', () => {
  const run = async (both: Sides, options: Omit<PsiOptions, 'role'> = {}) => {
    const [r, s] = links(await sessions(), 'psi');
    return Promise.all([
      psi(r, both.x, { ...options, role: 'receiver' }),
      psi(s, both.y, { ...options, role: 'sender' }),
    ]);
  };

  test('tells the receiver alone, unless both are to know', async () => {
    const both = { x: ['a', 'b', 'c', 'b'], y: ['c', 'b', 'd'] };
    const [x, y] = await run(both);
    expect(y.rows).toBeUndefined();
    expect([...x.rows!].map((row) => both.x[row]).toSorted()).toEqual(['b', 'c']);
    expect(x).toMatchObject({ size: 4, distinct: 3, duplicates: 1, peerSize: 3 });
    expect([...x.repeats]).toEqual([3, 1]);
    expect(y).toMatchObject({ size: 3, distinct: 3, duplicates: 0, peerSize: 3 });
    const [at, from] = await run(both, { result: 'both' });
    expect([...at.rows!].map((row) => both.x[row])).toEqual([...from.rows!].map((row) => both.y[row]));
  });

  test('hides how many keys there are', async () => {
    const both = { x: ['a', 'b', 'c', 'b'], y: ['c', 'b', 'd'] };
    const [x, y] = await run(both, { padTo: 5000, result: 'both' });
    expect(x.peerSize).toBe(5000);
    expect(y.peerSize).toBe(5000);
    expect(x.rows).toHaveLength(2);
    expect(y.rows).toHaveLength(2);
  });

  test('of sets above what they are padded to is refused', async () => {
    const [r, s] = links(await sessions(), 'psi');
    const other = psi(s, ['a'], { role: 'sender', padTo: 2 }).catch((error: unknown) => error);
    const refused = psi(r, ['a', 'b', 'c'], { role: 'receiver', padTo: 2 });
    await expect(refused).rejects.toMatchObject({
      code: 'limit',
      message: expect.stringContaining('3 distinct keys'),
    });
    await r.session.close();
    await expect(other).resolves.toMatchObject({ code: 'closed' });
  });

  test.each([
    ['rr22', 'receiver', 7],
    ['rr22', 'both', 8],
    ['kkrt16', 'receiver', 6],
  ] as const)('by %s, result to %s: %i rounds', async (protocol, result, rounds) => {
    const network = local(2);
    const pair = await Promise.all(network.channels.map((channel) => openSession(channel, { parties: 2 })));
    const [r, s] = links([pair[0]!, pair[1]!], 'psi');
    const before = network.rounds;
    await Promise.all([
      psi(r, ['a', 'b'], { role: 'receiver', result, protocol }),
      psi(s, ['b', 'c'], { role: 'sender', result, protocol }),
    ]);
    expect(network.rounds - before).toBe(rounds);
  });

  test('of two receivers is told to both', async () => {
    const [r, s] = links(await sessions(), 'psi');
    const both = [psi(r, ['a'], { role: 'receiver' }), psi(s, ['a'], { role: 'receiver' })];
    for (const outcome of await Promise.allSettled(both)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'mismatch' } });
    }
  });
});
