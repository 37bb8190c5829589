import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Address,
  childAddress,
  formatAddress,
  maxIndex,
  maxPath,
  maxStep,
  namedAddress,
  slot,
} from './address.js';

const root: Address = { step: 3, index: 5, path: 0 };
const descend = (levels: readonly number[], from = root): Address => levels.reduce(childAddress, from);

const levels = fc.array(fc.nat(62), { maxLength: 4 });

describe('addresses', () => {
  it('name the way down to a sub-op', () => {
    fc.assert(
      fc.property(levels, (ks) => {
        expect(formatAddress(descend(ks))).toBe(`step 3/${[5, ...ks].join('.')}`);
      }),
    );
  });

  it('of different sub-ops differ, within 24 bits', () => {
    fc.assert(
      fc.property(levels, levels, (a, b) => {
        const [x, y] = [descend(a), descend(b)];
        expect(slot(x) === slot(y)).toBe(a.join() === b.join());
        expect(x.path).toBeLessThanOrEqual(maxPath);
      }),
    );
  });

  it('give every index and path a slot of its own', () => {
    const paths = [0, 1, maxPath];
    const indices = [0, 1, 2, maxIndex - 1, maxIndex];
    const slots = indices.flatMap((index) => paths.map((path) => slot({ step: 0, index, path })));
    expect(new Set(slots).size).toBe(slots.length);
    expect(Math.max(...slots)).toBe(2 ** 44 - 1);
  });

  it.each([63, -1, 0.5, Number.NaN])('have no sub-address %s', (k) => {
    expect(() => childAddress(root, k)).toThrow(
      expect.objectContaining({ code: 'bad-argument', op: 'step 3/5' }),
    );
  });

  it('are four levels deep', () => {
    expect(() => descend([62, 62, 62, 62])).not.toThrow();
    expect(() => descend([0, 0, 0, 0, 0])).toThrow(/four levels/);
  });
});

describe('named addresses', () => {
  it('repeat, lie above all steps, and fit', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.nat(), { maxLength: 3 }), (name, indices) => {
        const address = namedAddress(name, ...indices);
        expect(namedAddress(name, ...indices)).toEqual(address);
        expect(address.step).toBeGreaterThan(maxStep);
        expect(address.step).toBeLessThan(2 ** 32);
        expect(address.index).toBeGreaterThanOrEqual(0);
        expect(address.index).toBeLessThanOrEqual(maxIndex);
        expect(address.path).toBe(0);
      }),
    );
  });

  it('do not run into each other', () => {
    const all = [
      namedAddress('a', 1, 23),
      namedAddress('a', 12, 3),
      namedAddress('a1', 23),
      namedAddress('a'),
    ];
    for (let i = 0; i < 1000; i++) all.push(namedAddress('x', i));
    expect(new Set(all.map((address) => `${address.step}/${slot(address)}`)).size).toBe(all.length);
  });

  it('stay the same in every version, or parties of different ones could not meet', () => {
    // By Python: hashlib.sha256(b'["x",1,2]'), first eight bytes.
    expect(namedAddress('x', 1, 2)).toEqual({ step: 2482805928, index: 1034887, path: 0 });
  });
});
