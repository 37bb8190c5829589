import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { testFolder } from './fixture/folder.js';
import { Spill } from './spill.js';

const folder = testFolder();

it('gives the segments of each part back in order, from memory and from its file, which is gone at the end', async () => {
  const segments = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.uint8Array({ maxLength: 50 })), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(segments, fc.nat({ max: 500 }), async (all, budget) => {
      const path = folder.at('spill');
      const spill = new Spill(path, 4, budget);
      for (const [part, bytes] of all) await spill.append(part, bytes);
      expect(existsSync(path)).toBe(all.reduce((sum, [, { length }]) => sum + length, 0) > budget);
      for (const part of [2, 0, 3, 1]) {
        const expected = all.filter(([to]) => to === part).map(([, bytes]) => Buffer.from(bytes));
        const taken = await spill.take(part);
        expect(taken.map((bytes) => Buffer.from(bytes))).toEqual(expected);
        expect(await spill.take(part)).toEqual([]);
      }
      await spill.close();
      expect(existsSync(path)).toBe(false);
    }),
    { seed: 9, numRuns: 100 },
  );
});
