import fc from 'fast-check';
import { expect, it } from 'vitest';
import { refuseDuplicates } from './duplicate.js';

it('repeated keys are refused with two rows that have the same one, and only they are', () => {
  const key = fc.array(fc.constantFrom('a', 'b', 'ab', ''), { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(fc.array(key, { maxLength: 12 }), (keys) => {
      const texts = keys.map((columns) => JSON.stringify(columns));
      if (new Set(texts).size === texts.length) return refuseDuplicates('f.csv', keys);
      let message = '';
      try {
        refuseDuplicates('f.csv', keys);
      } catch (error) {
        message = String(error);
      }
      const [, row, first] = /f\.csv: row (\d+) has the key of row (\d+)/.exec(message) ?? [];
      expect(texts[Number(row) - 1]).toBe(texts[Number(first) - 1]);
      expect(Number(first)).toBeLessThan(Number(row));
      const count = texts.length - new Set(texts).size;
      expect(message.includes(`the first of ${count} that repeat one`)).toBe(count > 1);
    }),
    { seed: 11, numRuns: 200 },
  );
});
