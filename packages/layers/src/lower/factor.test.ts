import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeFactor } from './factor.js';

const value = ({ integer, shift }: ReturnType<typeof encodeFactor>): number => Number(integer) * 2 ** -shift;

it('encodes a factor with few bits, within half of the last', () => {
  const factors = fc.double({ min: 2 ** -20, max: 2 ** 20, noNaN: true });
  fc.assert(
    fc.property(factors, fc.integer({ min: 2, max: 16 }), (c, bits) => {
      const encoded = encodeFactor(c, bits, 62);
      expect(Math.abs(value(encoded) - c)).toBeLessThanOrEqual(c * 2 ** -bits);
      expect(encoded.shift).toBeGreaterThanOrEqual(0);
      expect(encoded.shift === 0 || encoded.integer % 2n === 1n).toBe(true);
      if (encoded.shift > 0) expect(encoded.integer).toBeLessThan(2n ** BigInt(bits));
    }),
    { seed: 1 },
  );
});

it('spends no bits on powers of two', () => {
  for (let e = -46; e < 40; e++) {
    expect(encodeFactor(2 ** e, 12, 46)).toEqual(
      e < 0 ? { integer: 1n, shift: -e } : { integer: 2n ** BigInt(e), shift: 0 },
    );
  }
});

it('takes whole numbers as they are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 - 1 }), (c) => {
      expect(encodeFactor(c, 12, 46)).toEqual({ integer: BigInt(c), shift: 0 });
    }),
    { seed: 1 },
  );
});

it('keeps what precision the largest shift leaves, and refuses what it does not reach', () => {
  expect(encodeFactor(5.2 * 2 ** -46, 12, 46)).toEqual({ integer: 5n, shift: 46 });
  expect(() => encodeFactor(2 ** -48, 12, 46)).toThrow(
    /too small for fixed point; scale by more than 2\^-46/,
  );
  expect(() => encodeFactor(2 ** 40, 12, 46)).toThrow(/leaves no range; scale by less than 2\^40/);
});
