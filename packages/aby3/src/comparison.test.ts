import { simulate } from '@triad/protocol';
import { Tensor } from '@triad/ring';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aby3 } from './aby3.js';

const word = fc.oneof(
  fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n - 1n }),
  fc.bigInt({ min: -3n, max: 3n }),
  fc
    .integer({ min: 0, max: 61 })
    .chain((k) => fc.bigInt({ min: -1n, max: 1n }).map((d) => 2n ** BigInt(k) + d)),
);

const compare = async (words: readonly bigint[], thresholds: readonly bigint[]): Promise<bigint[]> => {
  const { results } = await simulate(
    aby3(),
    async ({ rank, session, protocol }) => {
      const value = rank === 0 ? Tensor.from([words.length], words) : [words.length];
      const x = await protocol.share(session.op('x'), 0, value);
      const bits = await protocol.below!(session.op('y'), x, thresholds);
      return (await protocol.reveal(session.op('z'), bits))!.toBigInts();
    },
    { seed: 5 },
  );
  return results[0]!;
};

it('compares any words with any thresholds', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { minLength: 1, maxLength: 300 }),
      fc.array(word, { minLength: 1, maxLength: 4 }),
      async (words, thresholds) => {
        const bits = await compare(words, thresholds);
        expect(bits).toEqual(thresholds.flatMap((t) => words.map((x) => (x < t ? 1n : 0n))));
      },
    ),
    { numRuns: 40, seed: 1 },
  );
});
