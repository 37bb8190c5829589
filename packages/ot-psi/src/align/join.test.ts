import fc from 'fast-check';
import { expect, test } from 'vitest';
import { difference, leftJoin } from './join.js';

/** Own keys, and those of the other side. */
const sets = fc.tuple(fc.array(fc.nat(12), { maxLength: 20 }), fc.uniqueArray(fc.nat(12)));

const matched = (keys: readonly number[], theirs: readonly number[]) => {
  const first = (key: number) => keys.indexOf(key);
  const repeated = keys.flatMap((key, row) => (first(key) === row ? [] : [row, first(key)]));
  const rows = Uint32Array.from(theirs.filter((key) => keys.includes(key)).map(first));
  return { rows, size: keys.length, repeats: Uint32Array.from(repeated) };
};

test('what is not common, and all of it, each key once by its first row', () => {
  const property = ([keys, theirs]: [number[], number[]]) => {
    const found = matched(keys, theirs);
    const firsts = [...new Set(keys)].map((key) => keys.indexOf(key));
    expect([...difference(found)]).toEqual(firsts.filter((row) => !theirs.includes(keys[row]!)));
    expect([...leftJoin(found)].toSorted((a, b) => a - b)).toEqual(firsts);
    expect([...leftJoin(found)].slice(0, found.rows.length)).toEqual([...found.rows]);
  };
  fc.assert(fc.property(sets, property), { seed: 1, numRuns: 300 });
});
