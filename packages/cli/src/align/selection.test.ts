import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Mode, select } from './selection.js';

/** Keys of the rows of two owners, and what a run says of the first one's. */
const matched = fc
  .tuple(fc.array(fc.nat({ max: 20 }), { maxLength: 30 }), fc.array(fc.nat({ max: 20 }), { maxLength: 30 }))
  .map(([keys, theirs]) => {
    const first = keys.flatMap((key, row) => (keys.indexOf(key) === row ? [row] : []));
    const rows = Uint32Array.from(first.filter((row) => theirs.includes(keys[row]!)).reverse());
    const repeats = keys.flatMap((key, row) => (keys.indexOf(key) === row ? [] : [row, keys.indexOf(key)]));
    return { keys, theirs, rows, size: keys.length, repeats: Uint32Array.from(repeats) };
  });

it('rows of a mode are those of distinct keys: common, not common, or both', () => {
  fc.assert(
    fc.property(matched, ({ keys, theirs, ...of }) => {
      const chosen = (mode: Mode) => [...select(mode, of)];
      const distinct = [...keys.keys()].filter((row) => keys.indexOf(keys[row]!) === row);
      const others = distinct.filter((row) => !theirs.includes(keys[row]!));
      expect(chosen('intersection')).toEqual([...of.rows]);
      expect(chosen('difference')).toEqual(others);
      expect(chosen('left-join')).toEqual([...of.rows, ...others]);
      expect(() => select('cardinality', of)).toThrow('chooses no rows');
    }),
    { seed: 10, numRuns: 200 },
  );
});
